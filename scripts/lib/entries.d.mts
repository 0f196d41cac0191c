export const entries: Record<string, string>
export const externals: string[]
