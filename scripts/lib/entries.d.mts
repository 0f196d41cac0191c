export const entries: Readonly<Record<string, string>>
export const externals: readonly string[]
