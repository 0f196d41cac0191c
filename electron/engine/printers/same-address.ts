/** Whether two addresses are written for the same place. A name and the number it stands for are not told to be the same. */
export function sameAddress(a: string, b: string): boolean {
  if (!URL.canParse(a) || !URL.canParse(b)) return false
  const bare = (text: string): string => new URL(text).href.replace(/\/+$/, '').toLowerCase()
  return bare(a) === bare(b)
}
