/** In what surroundings the new AppImage is started. Pure. */

/** What the old one's runtime said of itself. */
const OF_THE_RUNTIME = ['APPIMAGE', 'APPDIR', 'ARGV0', 'OWD']
/** Lists of folders into which its start script puts its own. */
const WITH_ITS_FOLDERS = ['PATH', 'LD_LIBRARY_PATH', 'XDG_DATA_DIRS', 'GSETTINGS_SCHEMA_DIR']

/** The environment as it was before the old AppImage put itself into it: its folder is gone when the new one runs. */
export function withoutAppImage(env: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  const folder = env.APPDIR
  const rest = Object.fromEntries(Object.entries(env).filter(([name]) => !OF_THE_RUNTIME.includes(name)))
  if (folder === undefined || folder === '') return rest
  for (const name of WITH_ITS_FOLDERS) {
    const left = rest[name]?.split(':').filter((one) => one !== folder && !one.startsWith(`${folder}/`)).join(':')
    if (left === undefined || left === '') delete rest[name]
    else rest[name] = left
  }
  return rest
}
