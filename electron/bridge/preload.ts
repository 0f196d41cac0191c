/**
 * Runs sandboxed in the window, before its page. Hands over two functions and nothing else: no raw IPC, no Node. Parsing is done
 * on both sides of it (renderer/bridge.ts, wire.ts), so that this file needs no library.
 */
import { contextBridge, ipcRenderer } from 'electron'
import { CALL_CHANNEL, PUSH_CHANNEL } from './channels.ts'

contextBridge.exposeInMainWorld('printbell', {
  call: (name: string, input: unknown): Promise<unknown> => ipcRenderer.invoke(CALL_CHANNEL, name, input),
  /** @returns a function that ends it */
  onPush: (listener: (name: string, payload: unknown) => void): (() => void) => {
    const heard = (_event: unknown, name: string, payload: unknown): void => listener(name, payload)
    ipcRenderer.on(PUSH_CHANNEL, heard)
    return () => void ipcRenderer.off(PUSH_CHANNEL, heard)
  },
})
