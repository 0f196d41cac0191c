/** What every plot needs besides its library: colours and font of the look, drawn anew when the theme is another one. */
import { onBeforeUnmount, onMounted, shallowRef, type ShallowRef } from 'vue'

/** A token of the look as it is now: both themes, and what a person's own style sheet makes of it. */
export function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim()
}

export interface PlotLook {
  /** Colours of what is written at the axes, and of lines. */
  muted: string
  lines: string
  /** `size` in CSS px. */
  font: { family: string; size: number }
}

function lookNow(): PlotLook {
  return { muted: token('--text-3'), lines: token('--line'), font: { family: getComputedStyle(document.body).fontFamily, size: 12 } }
}

export interface Drawn<C> {
  /** null = nothing is drawn yet. */
  readonly chart: ShallowRef<C | null>
  /** Draws all of it anew. */
  draw(): void
}

/** Drawn as soon as its page is there, and ended with it. @param make a new one on a free canvas */
export function useChart<C extends { destroy(): void }>(canvas: Readonly<ShallowRef<HTMLCanvasElement | null>>, make: (canvas: HTMLCanvasElement, look: PlotLook) => C): Drawn<C> {
  const chart: ShallowRef<C | null> = shallowRef(null)

  function draw(): void {
    if (!canvas.value) return
    chart.value?.destroy()
    chart.value = make(canvas.value, lookNow())
  }

  const dark = window.matchMedia('(prefers-color-scheme: dark)')
  const themed = new MutationObserver(draw)
  onMounted(() => {
    draw()
    dark.addEventListener('change', draw)
    themed.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
  })
  onBeforeUnmount(() => {
    dark.removeEventListener('change', draw)
    themed.disconnect()
    chart.value?.destroy()
  })
  return { chart, draw }
}
