/** The window's pages. Addresses are hashes: the page itself is one file of the app: scheme. */
import { createRouter, createWebHashHistory, type RouteLocation } from 'vue-router'

/** "?printer=ID" and "?destination=ID" narrow the history to what belongs to one of them. */
function ofHistory({ params, query }: RouteLocation): Record<string, string> {
  const given = { id: params.id, printer: query.printer, destination: query.destination }
  return Object.fromEntries(Object.entries(given).filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== ''))
}

/** Without a section the first is shown. */
function ofRules({ params }: RouteLocation): Record<string, string> {
  return Object.fromEntries(Object.entries(params).filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== ''))
}

export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: '/', redirect: '/printers' },
    { path: '/welcome', name: 'welcome', component: () => import('../pages/WelcomePage.vue'), meta: { bare: true } },
    { path: '/printers', name: 'printers', component: () => import('../pages/PrintersPage.vue') },
    { path: '/printers/add', name: 'add-printer', component: () => import('../pages/AddPrinterPage.vue') },
    { path: '/printers/:id', name: 'printer', component: () => import('../pages/PrinterPage.vue'), props: true },
    { path: '/printers/:id/settings', name: 'printer-settings', component: () => import('../pages/PrinterSettingsPage.vue'), props: true },
    { path: '/history/:id?', name: 'history', component: () => import('../pages/HistoryPage.vue'), props: ofHistory },
    { path: '/destinations', name: 'destinations', component: () => import('../pages/DestinationsPage.vue') },
    // No id begins with "~"; behind it stands what is not there yet.
    { path: '/destinations/~', name: 'add-destination', component: () => import('../pages/AddDestinationPage.vue') },
    { path: '/destinations/~import', name: 'import-destinations', component: () => import('../pages/ImportDestinationsPage.vue') },
    { path: '/destinations/~plugins', name: 'plugins', component: () => import('../pages/PluginsPage.vue') },
    { path: '/destinations/:id', name: 'destination', component: () => import('../pages/DestinationPage.vue'), props: true },
    // Behind "~" stands one that is not made yet.
    { path: '/rules/silences/:id?', name: 'silences', component: () => import('../pages/SilencesPage.vue'), props: ofRules },
    { path: '/rules/:section(profiles|timeslots|filters)?/:id?', name: 'rules', component: () => import('../pages/RulesPage.vue'), props: ofRules },
    { path: '/settings/:section?', name: 'settings', component: () => import('../pages/SettingsPage.vue'), props: true },
    { path: '/:rest(.*)*', redirect: '/printers' },
  ],
})
