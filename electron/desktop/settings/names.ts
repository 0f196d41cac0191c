/** Ids and labels made from what people typed. Pure. */

const MAX_ID = 64

/** "Große Würfel (links)" to "grosse-wurfel-links"; at most 64 characters. `fallback` where nothing of the name can be kept. */
export function slug(name: string, fallback: string): string {
  const plain = name.replaceAll('ß', 'ss').normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^a-z0-9]+/g, '-')
  return plain.slice(0, MAX_ID).replace(/^-+|-+$/g, '') || fallback
}

/** The slug, or with the first free number behind it. */
export function freeId(name: string, fallback: string, taken: Iterable<string>): string {
  const used = new Set(taken)
  const base = slug(name, fallback)
  if (!used.has(base)) return base
  for (let n = 2; ; n++) {
    const ending = `-${n}`
    const id = base.slice(0, MAX_ID - ending.length).replace(/-+$/, '') + ending
    if (!used.has(id)) return id
  }
}

/** "Webhook", or "Webhook 2" where that is there already (R42). */
export function freeLabel(base: string, taken: Iterable<string>): string {
  const used = [...taken]
  if (!used.some((label) => sameLabel(label, base))) return base
  for (let n = 2; ; n++) if (!used.some((label) => sameLabel(label, `${base} ${n}`))) return `${base} ${n}`
}

/** Two labels that a person would take for one. */
export function sameLabel(a: string, b: string): boolean {
  const plain = (text: string): string => text.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase()
  return plain(a) === plain(b)
}
