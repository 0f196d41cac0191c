/**
 * Where the session bus is: `DBUS_SESSION_BUS_ADDRESS`, else the socket in `XDG_RUNTIME_DIR` (where systemd puts it and where
 * GDBus and sd-bus look too). Null = neither is set.
 */
export function sessionBusAddress(env: Readonly<Record<string, string | undefined>>): string | null {
  const address = env['DBUS_SESSION_BUS_ADDRESS']?.trim()
  if (address) return address
  const runtime = env['XDG_RUNTIME_DIR']?.trim()
  return runtime ? `unix:path=${runtime}/bus` : null
}
