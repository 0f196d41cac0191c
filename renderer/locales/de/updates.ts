/** Texte zu neueren Versionen von Printbell selbst. */
import type en from '../en/updates.ts'

const de: typeof en = {
  title: 'Updates',
  look: 'Nach neuen Versionen sehen',
  asks: 'Fragt {host} einmal am Tag. Aus: Nichts wird im Internet gefragt.',
  asksNobody: 'Aus: Nichts wird im Internet gefragt.',
  lookNow: 'Jetzt nachsehen',
  looked: 'Letzte Antwort: {time}',
  never: 'Niemand, der nach neuen Versionen gefragt werden kann',
  state: {
    idle: 'Noch nicht nachgesehen',
    checking: 'Sieht nach einer neuen Version',
    current: 'Das ist die neueste Version',
    available: 'Printbell {version} ist da',
    downloading: 'Lädt Printbell {version}',
    ready: 'Printbell {version} ist bereit',
    waiting: 'Printbell {version} wartet auf die Installation',
    installing: 'Installiert Printbell {version}',
    failed: 'Nach neuen Versionen konnte nicht gesehen werden',
    failedRelease: 'Printbell {version} konnte nicht geholt werden',
  },
  ready: 'Jetzt neu starten, oder es wird installiert, wenn Printbell endet.',
  waits: 'Wird installiert, sobald das vorbei ist:',
  installing: 'Printbell endet und startet von selbst neu.',
  bytes: '{done} von {all}',
  next: 'Nächster Versuch: {time}',
  download: 'Herunterladen',
  restart: 'Neu starten und aktualisieren',
  notNow: 'Nicht jetzt',
  notes: 'Neu in {version}',
  released: 'Erschienen am {day}',
  mirror: 'Eigener Spiegel',
  address: 'Adresse eines Spiegels',
  addressHint: 'Wird anstelle des üblichen gefragt. Leer: der übliche.',
  mark: 'ein Update ist bereit',
  failedToLoad: 'Von neuen Versionen lässt sich gerade nichts sagen',
  leaves: {
    title: 'Nichts, außer an die, die Sie gewählt haben',
    hint: 'Kein Konto, keine Cloud, keine Statistik. Printbell spricht mit Ihren Druckern und mit:',
    asked: 'wird nach neuen Versionen gefragt',
  },
}

export default de
