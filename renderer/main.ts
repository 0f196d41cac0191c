/** The window. It owns no state that matters: it shows what the engine says and sends wishes. */
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { ask } from './lib/bridge.ts'
import { i18n } from './lib/i18n.ts'
import { router } from './lib/router.ts'
import './styles/tokens.css'
import './styles/base.css'

/** Errors that could not be reported; looked at by tests. */
export const reportFailed: string[] = []

function report(error: unknown): void {
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined }
  // When even that fails there is nobody left to tell: the main process logs its own side.
  ask('system.report-error', { message: message.slice(0, 2_000), stack: stack?.slice(0, 8_000) ?? null }).catch(() => reportFailed.push(message))
}

const app = createApp(App).use(createPinia()).use(i18n).use(router)
app.config.errorHandler = report
window.addEventListener('unhandledrejection', (event) => report(event.reason))
window.addEventListener('error', (event) => report(event.error ?? event.message))
app.mount('#app')
