/** What the id of a profile that follows a printer begins with; ids of the settings have no colon. */
export const WATCH_ID = 'watch:'
