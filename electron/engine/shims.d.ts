/** Brings no types of its own. Version 2.1.0. */
declare module 'proxy-from-env' {
  /** The proxy that the environment names for this address (HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY, in either case); '' = none. */
  export function getProxyForUrl(url: string | URL): string
}

/** A file of the library that needs nothing else of it, so that a value can be named without loading the rest. */
declare module 'dbus-native/lib/values.js' {
  export { Variant } from 'dbus-native'
}
