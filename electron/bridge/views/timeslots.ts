/** Timeslots that both sides know by name. Without a schema: settings are read before there is a window. */

/** The timeslot that always exists. */
export const ALL_THE_TIME = 'always'
/** The timeslot that the quiet hours leave open. */
export const QUIET_SLOT = 'quiet-hours'
