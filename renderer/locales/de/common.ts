/** Texte, die jede Seite braucht. */
import type en from '../en/common.ts'

const de: typeof en = {
  app: 'Printbell',
  progress: 'Fortschritt',
  progressCorrected: 'Der Drucker meldet jetzt {percent}\u202f%',
  searchKey: '/ drücken, um zu suchen',
  state: { idle: 'Bereit', printing: 'Druckt', needs: 'Hilfe nötig', error: 'Fehler', offline: 'Offline' },
  severity: { info: 'Hinweis', success: 'Erfolg', warning: 'Warnung', error: 'Fehler', critical: 'Kritisch' },
  nav: {
    main: 'Hauptmenü',
    printers: 'Drucker',
    history: 'Verlauf',
    destinations: 'Ziele',
    rules: 'Regeln',
    settings: 'Einstellungen',
    needsCount: '{count} braucht Hilfe | {count} brauchen Hilfe',
    unseenCount: '{count} ungesehen',
    failingCount: '{count} gestört | {count} gestört',
  },
  notifications: {
    on: 'Meldungen an',
    paused: 'Meldungen pausiert',
    pausedUntil: 'Pausiert bis {time}',
    hour: 'Für 1\u202fh pausieren',
    tomorrow: 'Bis morgen pausieren',
    untilISay: 'Bis auf Weiteres pausieren',
    resume: 'Wieder einschalten',
  },
  action: {
    retry: 'Erneut versuchen', close: 'Schließen', cancel: 'Abbrechen', back: 'Zurück', more: 'Mehr', undo: 'Rückgängig', open: 'Öffnen', remove: 'Entfernen', test: 'Testen', save: 'Speichern',
  },
  time: {
    now: 'jetzt',
    underMinute: 'unter 1\u202fmin',
    minutesAgo: 'vor {count}\u202fmin',
    hoursAgo: 'vor {count}\u202fh',
    daysAgo: 'vor {count} Tag | vor {count} Tagen',
    days: 'Tage',
    today: 'Heute',
    yesterday: 'Gestern',
  },
  loading: 'Wird geladen',
  failedToLoad: 'Diese Seite konnte nicht geladen werden',
}

export default de
