/** French: what a chosen language brings along, in one file that is read then. */
import type { Texts } from '../../lib/texts.ts'
import common from './common.ts'
import destinations from './destinations.ts'
import fields from './fields.ts'
import guides from './guides.ts'
import history from './history.ts'
import printers from './printers.ts'
import reports from './reports.ts'
import rules from './rules.ts'
import settings from './settings.ts'
import setup from './setup.ts'
import silences from './silences.ts'
import updates from './updates.ts'

export default { messages: { ...common, destinations, history, printers, reports, rules, settings, setup, silences, updates }, fields: { ...fields, ...guides } } satisfies Texts
