/** What kinds of plugins are called, apart from the code that runs them. */
export const PREFIX = 'plugin:'

/** Whether a channel kind is a plugin of the user's own: its folder may go at any time, and is then no mistake in the settings (R45). */
export const isPluginKind = (channel: string): boolean => channel.startsWith(PREFIX)
