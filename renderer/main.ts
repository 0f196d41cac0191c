/** The window. It owns no state that matters: it shows what the engine says and sends wishes. */
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { ask, onPush } from './lib/bridge.ts'
import { i18n, speak } from './lib/i18n.ts'
import { router } from './lib/router.ts'
import './styles/tokens.css'
import './styles/base.css'

/** For the main process to tell the language. */
const PATIENCE_MS = 500
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
onPush('language.changed', (language) => void speak(language).catch(report))
/** Nothing is drawn before its language is known. A main process that is busy is not waited for: what is drawn changes as soon as it tells. */
void Promise.race([ask('system.language').then(speak), new Promise((done) => setTimeout(done, PATIENCE_MS))]).catch(report).finally(() => app.mount('#app'))
