/** A value with its type, as D-Bus wants it. From the one file of the library that needs nothing else of it: the rest is loaded with the first connection. */
export { Variant } from 'dbus-native/lib/values.js'
