/**
 * Every page in every state, as data: which made-up state (test/window/fixtures), which page, and what a person does there before the
 * picture. `alone` = what is done there changes the state, so the next picture starts anew.
 */

const SMALL = [720, 480]
const by = (selector) => (page) => page.click(selector)
const steps = (...acts) => async (page) => {
  for (const act of acts) await act(page)
}
const see = (text) => (page) => page.getByText(text).first().waitFor()
const button = (name) => (page) => page.getByRole('button', { name }).first().click()
const fill = (selector, text) => (page) => page.fill(selector, text)
/** What a menu of the system would show can't be seen on a picture; these are the page's own. */
const menu = (name) => steps(button(name), (page) => page.waitForSelector('[role=menu]'))

const dialog = (page) => page.waitForSelector('[role=alertdialog], [role=dialog]')
/** As if the window had asked for it: a wish that comes from elsewhere, while a person looks. */
const call = (name, input) => (page) => page.evaluate(([what, given]) => globalThis.printbell.call(what, given), [name, input])

/**
 * @typedef {{ name: string, state: string, path: string, size?: number[], alone?: boolean, notice?: { level: string, text: string },
 *   act?: (page: import('playwright-core').Page) => Promise<unknown> }} Shot `notice` is pushed by the main process
 */

/** @type {Shot[]} */
const welcome = [
  { name: 'welcome-found', state: 'four', path: '/welcome', act: see('Original Prusa MK4') },
  { name: 'welcome-none', state: 'one', path: '/welcome', alone: true, act: (page) => page.getByText('Nothing announced itself.').first().waitFor({ timeout: 20_000 }) },
  { name: 'welcome-pairing', state: 'four', path: '/welcome', alone: true, act: steps(by('[aria-label="Connect octopi"]'), see('Press “Allow”')) },
  { name: 'welcome-refused', state: 'trouble', path: '/welcome', alone: true, act: steps(by('[aria-label="Connect octopi denied"]'), see('refused the request'), by('[aria-label="Connect octopi timed out"]'), see('in time')) },
  { name: 'welcome-connected', state: 'four', path: '/welcome', alone: true, act: steps(by('[aria-label="Connect Original Prusa MK4"]'), see('Did it appear?')) },
  { name: 'welcome-no-toast', state: 'four', path: '/welcome', alone: true, act: steps(by('[aria-label="Connect Original Prusa MK4"]'), see('Did it appear?'), button('No, help me')) },
  { name: 'welcome-wrong-address', state: 'four', path: '/welcome', alone: true, act: steps(fill('input[inputmode=url]', 'refused.local'), button('Check'), see('Nothing answers')) },
  { name: 'welcome-fingerprint', state: 'four', path: '/welcome', alone: true, act: steps(fill('input[inputmode=url]', 'tls_self_signed.local'), button('Check'), see('Trust this certificate')) },
  { name: 'welcome-key', state: 'four', path: '/welcome', alone: true, act: steps(by('[aria-label="Enter key for octopi"]'), fill('input[type=password]', 'wrong-key'), (page) => page.keyboard.press('Enter'), see('does not accept')) },
  { name: 'welcome-broken', state: 'broken', path: '/welcome' },
  { name: 'welcome-small', state: 'four', path: '/welcome', size: SMALL, act: see('Original Prusa MK4') },
  { name: 'welcome-long', state: 'long', path: '/welcome' },
]

/** @type {Shot[]} */
const printers = [
  { name: 'printers', state: 'four', path: '/printers' },
  { name: 'printers-menu', state: 'one', path: '/printers', alone: true, act: menu('More about Voron 2.4') },
  { name: 'printers-notifications', state: 'one', path: '/printers', alone: true, act: menu('Notifications on') },
  { name: 'printers-paused', state: 'one', path: '/printers', alone: true, act: steps(menu('Notifications on'), (page) => page.getByRole('menuitem', { name: 'Pause for 1 h' }).click(), see('Paused until')) },
  { name: 'printers-paused-small', state: 'one', path: '/printers', size: SMALL, alone: true, act: (page) => call('notifications.pause', { until: null })(page) },
  { name: 'printers-notice', state: 'one', path: '/printers', alone: true, notice: { level: 'error', text: 'The log can not be written: the disk is full. Free some space.' } },
  { name: 'printers-one', state: 'one', path: '/printers' },
  { name: 'printers-empty', state: 'empty', path: '/printers' },
  { name: 'printers-trouble', state: 'trouble', path: '/printers', size: [1120, 1240] },
  { name: 'printers-refused', state: 'trouble', path: '/printers', alone: true, act: steps(button('Pause'), see('may not pause')) },
  { name: 'printers-twenty', state: 'twenty', path: '/printers' },
  { name: 'printers-list', state: 'two-hundred', path: '/printers' },
  { name: 'printers-list-needs', state: 'two-hundred', path: '/printers', alone: true, act: (page) => page.getByRole('group', { name: 'Show only' }).getByRole('button', { name: /Needs you/ }).click() },
  { name: 'printers-nothing-found', state: 'two-hundred', path: '/printers', alone: true, act: steps(fill('input[type=search]', 'Bambu in the attic'), see('No printer matches')) },
  { name: 'printers-list-small', state: 'twenty', path: '/printers', size: SMALL },
  { name: 'printers-wide', state: 'twenty', path: '/printers', size: [2560, 1440], alone: true, act: button('Cards') },
  { name: 'printers-four-wide', state: 'four', path: '/printers', size: [2560, 1440] },
  { name: 'printers-small', state: 'four', path: '/printers', size: SMALL },
  { name: 'printers-long', state: 'long', path: '/printers', size: [1120, 1160] },
  { name: 'printers-loading', state: 'loading', path: '/printers', act: see('Loading') },
  { name: 'printers-broken', state: 'broken', path: '/printers' },
]

/** @type {Shot[]} */
const details = [
  { name: 'details', state: 'four', path: '/printers/mk4' },
  { name: 'details-printing', state: 'four', path: '/printers/voron' },
  { name: 'details-error', state: 'four', path: '/printers/ender' },
  { name: 'details-idle', state: 'four', path: '/printers/a1' },
  { name: 'details-offline', state: 'trouble', path: '/printers/door' },
  { name: 'details-question', state: 'long', path: '/printers/ask' },
  { name: 'details-cameras', state: 'four', path: '/printers/voron', alone: true, act: menu(/^Camera/) },
  { name: 'details-long', state: 'long', path: '/printers/voron' },
  { name: 'details-small', state: 'four', path: '/printers/voron', size: SMALL },
  { name: 'details-gone', state: 'four', path: '/printers/nobody' },
  { name: 'details-broken', state: 'broken', path: '/printers/mk4' },
  { name: 'details-4k', state: 'four', path: '/printers/voron', size: [3840, 2160] },
  { name: 'cancel', state: 'four', path: '/printers/voron', alone: true, act: steps(button('Cancel print…'), dialog) },
  { name: 'cancel-small', state: 'long', path: '/printers/mk4', size: SMALL, alone: true, act: steps(button('Cancel print…'), dialog) },
  {
    name: 'cancel-over', state: 'four', path: '/printers/voron', alone: true,
    act: steps(button('Cancel print…'), dialog, call('printers.wish', { printerId: 'voron', jobKey: 'voron/job', action: { name: 'cancel' }, confirmed: true }), see('This print is over')),
  },
]

/** @type {Shot[]} */
const adding = [
  { name: 'add', state: 'four', path: '/printers/add', act: see('Original Prusa MK4') },
  { name: 'add-trouble', state: 'trouble', path: '/printers/add', alone: true, act: steps(by('[aria-label="Connect octopi denied"]'), see('refused the request'), by('[aria-label="Connect octopi unsupported"]')) },
  { name: 'add-farm', state: 'four', path: '/printers/add', alone: true, act: steps(fill('input[inputmode=url]', 'farm.local'), button('Check'), by('[aria-label="Enter key for farm"]'), fill('input[type=password]', 'a-good-key'), (page) => page.keyboard.press('Enter'), see('Which of its printers')) },
  { name: 'add-small', state: 'four', path: '/printers/add', size: SMALL, act: see('Original Prusa MK4') },
]

const PRINTER_SECTIONS = ['connection', 'camera', 'events', 'thresholds', 'commands']
/** @type {Shot[]} */
const printerSettings = [
  { name: 'printer-settings', state: 'four', path: '/printers/mk4/settings' },
  ...PRINTER_SECTIONS.map((section) => ({ name: `printer-settings-${section}`, state: 'four', path: `/printers/mk4/settings?section=${section}` })),
  { name: 'printer-settings-events-own', state: 'four', path: '/printers/ender/settings?section=events' },
  { name: 'printer-settings-camera-trouble', state: 'trouble', path: '/printers/mk4/settings?section=camera' },
  { name: 'printer-settings-long', state: 'long', path: '/printers/mk4/settings' },
  { name: 'printer-settings-small', state: 'four', path: '/printers/mk4/settings?section=connection', size: SMALL },
  { name: 'printer-settings-wrong', state: 'four', path: '/printers/mk4/settings?section=connection', alone: true, act: steps((page) => page.getByRole('textbox').first().fill('octopi'), (page) => page.keyboard.press('Tab'), see('Not an address')) },
]

const row = (title) => (page) => page.getByRole('option').filter({ hasText: title }).first().click()
/** @type {Shot[]} */
const history = [
  { name: 'history', state: 'four', path: '/history' },
  { name: 'history-event', state: 'four', path: '/history', alone: true, act: steps(row('Filament ran out'), see('Deliveries')) },
  { name: 'history-why', state: 'four', path: '/history', alone: true, act: steps(row('Filament ran out'), button(/Family/), see('Why Family')) },
  { name: 'history-viewer', state: 'four', path: '/history', alone: true, act: steps(row('Filament ran out'), button('Enlarge the picture'), (page) => page.waitForSelector('[role=dialog]')) },
  { name: 'history-acknowledge', state: 'four', path: '/history', alone: true, act: steps(row('Filament ran out'), menu('Acknowledge for a while'), (page) => page.getByRole('menuitem').last().click(), dialog, fill('[role=dialog] textarea', 'Ann is on it')) },
  { name: 'history-kinds', state: 'four', path: '/history', alone: true, act: button(/^Kinds/) },
  { name: 'history-marked', state: 'four', path: '/history', alone: true, act: steps(button('Mark all seen'), see('marked seen')) },
  { name: 'history-found', state: 'two-hundred', path: '/history', alone: true, act: steps(fill('input[type=search]', 'nozzle'), see('found')) },
  { name: 'history-million', state: 'two-hundred', path: '/history' },
  { name: 'history-empty', state: 'empty', path: '/history' },
  { name: 'history-nothing-found', state: 'four', path: '/history', alone: true, act: steps(fill('input[type=search]', 'zzz'), see('Nothing found')) },
  { name: 'history-trouble', state: 'trouble', path: '/history', size: [1120, 1240], alone: true, act: steps(row('Filament ran out'), see('Deliveries')) },
  { name: 'history-long', state: 'long', path: '/history', alone: true, act: row('Filament ran out') },
  { name: 'history-small', state: 'four', path: '/history', size: SMALL },
  { name: 'history-event-small', state: 'four', path: '/history', size: SMALL, alone: true, act: row('Filament ran out') },
  { name: 'history-wide', state: 'four', path: '/history', size: [2560, 1440], alone: true, act: row('Filament ran out') },
  { name: 'history-loading', state: 'loading', path: '/history', act: see('Loading') },
  { name: 'history-broken', state: 'broken', path: '/history' },
]

/** @type {Shot[]} */
const destinations = [
  { name: 'destinations', state: 'four', path: '/destinations' },
  { name: 'destinations-trouble', state: 'trouble', path: '/destinations' },
  { name: 'destinations-many', state: 'two-hundred', path: '/destinations', act: (page) => page.getByText('Club server').scrollIntoViewIfNeeded() },
  { name: 'destinations-add', state: 'four', path: '/destinations/~' },
  { name: 'destinations-add-small', state: 'four', path: '/destinations/~', size: SMALL },
  { name: 'destinations-import', state: 'four', path: '/destinations/~import' },
  { name: 'destinations-import-preview', state: 'four', path: '/destinations/~import', alone: true, act: steps(fill('textarea', 'ntfy://topic?'), button('Show what it brings'), see('can be taken over')) },
  { name: 'destinations-tested', state: 'four', path: '/destinations', alone: true, act: async (page) => { await page.getByRole('button', { name: 'Test' }).nth(1).click(); await page.waitForTimeout(300) } },
  { name: 'destinations-message', state: 'four', path: '/destinations', alone: true, act: steps(button('Send a message'), dialog, fill('[role=dialog] textarea', 'The workshop closes at six')) },
  { name: 'destinations-message-sent', state: 'four', path: '/destinations', alone: true, act: steps(button('Send a message'), dialog, fill('[role=dialog] textarea', 'The workshop closes at six'), (page) => page.getByRole('dialog').getByRole('button', { name: 'Send', exact: true }).click(), see('What came of it')) },
  { name: 'destinations-empty', state: 'empty', path: '/destinations' },
  { name: 'destinations-long', state: 'long', path: '/destinations' },
  { name: 'destinations-small', state: 'four', path: '/destinations', size: SMALL },
  { name: 'destination-desktop', state: 'four', path: '/destinations/desk' },
  { name: 'destination-webhook', state: 'four', path: '/destinations/log' },
  { name: 'destination-templates', state: 'four', path: '/destinations/log', size: [1120, 1240], alone: true, act: (page) => page.getByRole('region', { name: 'Words of its own' }).evaluate((part) => part.scrollIntoView()) },
  { name: 'destination-templates-trouble', state: 'trouble', path: '/destinations/desk', size: [1120, 1240] },
  { name: 'destination-managed', state: 'four', path: '/destinations/shelf' },
  { name: 'plugins', state: 'four', path: '/destinations/~plugins' },
  { name: 'destination-failing', state: 'four', path: '/destinations/mail' },
  { name: 'destination-trying', state: 'trouble', path: '/destinations/team' },
  { name: 'destination-service-gone', state: 'trouble', path: '/destinations/gone?show=undelivered' },
  { name: 'destination-undelivered', state: 'four', path: '/destinations/log?show=undelivered' },
  { name: 'destination-discarded', state: 'four', path: '/destinations/log?show=undelivered', alone: true, act: steps(button('Discard all'), see('are discarded')) },
  { name: 'destination-telegram', state: 'four', path: '/destinations/~telegram' },
  { name: 'destination-linking', state: 'four', path: '/destinations/family', alone: true, act: steps(button('Link again'), see('left')) },
  { name: 'destination-wrong', state: 'four', path: '/destinations/log', alone: true, act: steps((page) => page.getByLabel(/address|url/i).first().fill('htp:/log'), (page) => page.keyboard.press('Tab'), see('Not an address')) },
  { name: 'destination-tested', state: 'four', path: '/destinations/log', alone: true, act: steps((page) => page.locator('aside').getByRole('button', { name: 'Send test' }).click(), see('answered 200')) },
  { name: 'destination-new', state: 'four', path: '/destinations/~webhook' },
  { name: 'destination-removed', state: 'four', path: '/destinations/log', alone: true, act: steps(menu('More'), (page) => page.getByRole('menuitem').first().click()) },
  { name: 'destination-small', state: 'four', path: '/destinations/log', size: SMALL },
  { name: 'destination-long', state: 'long', path: '/destinations/mail' },
  { name: 'destination-gone', state: 'four', path: '/destinations/nobody' },
]

/** @type {Shot[]} */
const rules = [
  { name: 'rules', state: 'four', path: '/rules' },
  { name: 'rules-profile', state: 'four', path: '/rules/profiles/night', size: [1120, 1240] },
  { name: 'rules-preview', state: 'four', path: '/rules/profiles/night', size: [1120, 2300], alone: true, act: steps((page) => page.locator('.preview').getByRole('button', { name: 'Show' }).click(), see('Taken for granted')) },
  { name: 'rules-reports', state: 'four', path: '/rules', size: [1120, 1900], act: see('Events of the last') },
  { name: 'rules-trial', state: 'four', path: '/rules/profiles/night', alone: true, act: steps(by('[aria-label="Try before saving"]'), by('[aria-label="Do not use Critical"]'), see('1 change tried')) },
  { name: 'rules-reports-trouble', state: 'trouble', path: '/rules/profiles/night', size: [1120, 1700], act: see('It could not be judged') },
  { name: 'rules-reports-empty', state: 'empty', path: '/rules', size: [1120, 900], act: see('No message was delivered') },
  { name: 'rules-quiet-hours', state: 'one', path: '/rules', alone: true, act: steps(by('[aria-label="Quiet hours"]'), see('Wait until the end')) },
  { name: 'rules-wrong', state: 'one', path: '/rules', alone: true, act: steps(by('[aria-label="Quiet hours"]'), see('Wait until the end'), (page) => page.getByLabel('From', { exact: true }).fill('nine'), (page) => page.keyboard.press('Tab'), see('Not a time')) },
  { name: 'rules-timeslots', state: 'four', path: '/rules/timeslots/night' },
  { name: 'rules-filters', state: 'four', path: '/rules/filters/shelf', size: [1120, 1240] },
  { name: 'rules-in-use', state: 'four', path: '/rules/filters/needs-me', alone: true, act: steps(button('Remove'), see('is used by')) },
  { name: 'rules-one', state: 'one', path: '/rules' },
  { name: 'rules-many', state: 'two-hundred', path: '/rules' },
  { name: 'rules-long', state: 'long', path: '/rules/profiles/night' },
  { name: 'rules-small', state: 'four', path: '/rules', size: SMALL },
  { name: 'rules-profile-small', state: 'four', path: '/rules/profiles/night', size: SMALL },
]

/** @type {Shot[]} */
const silences = [
  { name: 'silences', state: 'four', path: '/rules/silences' },
  { name: 'silences-one', state: 'four', path: '/rules/silences/nozzles' },
  { name: 'silences-new', state: 'four', path: '/rules/silences/~', size: [1120, 900] },
  { name: 'silences-empty', state: 'empty', path: '/rules/silences' },
  { name: 'silences-long', state: 'long', path: '/rules/silences/nozzles' },
  { name: 'silences-small', state: 'four', path: '/rules/silences', size: SMALL },
]

const SECTIONS = ['general', 'notifications', 'appearance', 'storage', 'privacy', 'about']
/** @type {Shot[]} */
const settings = [
  ...SECTIONS.map((section) => ({ name: `settings-${section}`, state: 'four', path: `/settings/${section}` })),
  { name: 'settings-thresholds', state: 'four', path: '/settings/notifications', size: [1120, 1700] },
  ...SECTIONS.filter((section) => section !== 'appearance').map((section) => ({ name: `settings-${section}-trouble`, state: 'trouble', path: `/settings/${section}` })),
  { name: 'settings-privacy-locked', state: 'empty', path: '/settings/privacy' },
  { name: 'settings-about-ready', state: 'two-hundred', path: '/settings/about' },
  { name: 'settings-about-ready-small', state: 'two-hundred', path: '/settings/about', size: SMALL },
  { name: 'settings-about-waiting', state: 'long', path: '/settings/about', size: [1120, 900] },
  { name: 'settings-about-download', state: 'twenty', path: '/settings/about' },
  { name: 'settings-about-told', state: 'one', path: '/settings/about' },
  { name: 'settings-about-never', state: 'empty', path: '/settings/about' },
  { name: 'settings-small', state: 'four', path: '/settings/notifications', size: SMALL },
  { name: 'settings-loading', state: 'loading', path: '/settings/general', act: see('Loading') },
  { name: 'settings-broken', state: 'broken', path: '/settings/general' },
]

export const SHOTS = [...welcome, ...printers, ...details, ...adding, ...printerSettings, ...history, ...destinations, ...rules, ...silences, ...settings]
