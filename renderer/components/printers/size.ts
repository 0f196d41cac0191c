/** Sizes that decide what is shown where. */
import { onBeforeUnmount, onMounted, ref, type Ref } from 'vue'

/** Width of the window; changes with it. At 200 % zoom it is half as wide. */
export function useWindowWidth(): Ref<number> {
  const width = ref(window.innerWidth)
  const changed = (): void => {
    width.value = window.innerWidth
  }
  onMounted(() => window.addEventListener('resize', changed))
  onBeforeUnmount(() => window.removeEventListener('resize', changed))
  return width
}

/** Width of an element without its padding, and of the window. */
export function useContentSize(element: Readonly<Ref<HTMLElement | null>>): { width: Ref<number>; windowWidth: Ref<number> } {
  const windowWidth = useWindowWidth()
  const width = ref(Math.max(0, windowWidth.value - 256))
  const observer = new ResizeObserver(([entry]) => {
    if (entry) width.value = entry.contentRect.width
  })
  onMounted(() => {
    if (element.value) observer.observe(element.value)
  })
  onBeforeUnmount(() => observer.disconnect())
  return { width, windowWidth }
}
