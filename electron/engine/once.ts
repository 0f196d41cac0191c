/** For what is dear to make and not wanted by every start: a schema that few installations need, an outline, a list of networks. */

/** What is made at the first asking, and kept; asked again after it threw, it is made again. */
export function once<T>(make: () => T): () => T {
  let made: { it: T } | null = null
  return () => (made ??= { it: make() }).it
}
