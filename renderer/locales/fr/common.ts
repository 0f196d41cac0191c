/** Textes dont chaque page se sert. */
import type en from '../en/common.ts'

const fr: typeof en = {
  app: 'Printbell',
  progress: 'Progression',
  progressCorrected: 'L’imprimante annonce maintenant {percent}\u202f%',
  searchKey: 'Appuyer sur / pour chercher',
  state: { idle: 'Prête', printing: 'Imprime', needs: 'Aide requise', error: 'Erreur', offline: 'Hors ligne' },
  severity: { info: 'Note', success: 'Succès', warning: 'Avertissement', error: 'Erreur', critical: 'Critique' },
  nav: {
    main: 'Menu principal',
    printers: 'Imprimantes',
    history: 'Historique',
    destinations: 'Destinations',
    rules: 'Règles',
    settings: 'Réglages',
    needsCount: '{count} attend de l’aide | {count} attendent de l’aide',
    unseenCount: '{count} non vus',
    failingCount: '{count} en panne | {count} en panne',
  },
  notifications: {
    on: 'Alertes actives',
    paused: 'Alertes en pause',
    pausedUntil: 'En pause jusqu’à {time}',
    hour: 'Pause pendant 1\u202fh',
    tomorrow: 'Pause jusqu’à demain',
    untilISay: 'Pause jusqu’à nouvel ordre',
    resume: 'Réactiver',
  },
  action: {
    retry: 'Réessayer', close: 'Fermer', cancel: 'Annuler', back: 'Retour', more: 'Plus', undo: 'Annuler', open: 'Ouvrir', remove: 'Retirer', test: 'Tester', save: 'Enregistrer',
  },
  time: {
    now: 'maintenant',
    underMinute: 'moins de 1\u202fmin',
    minutesAgo: 'il y a {count}\u202fmin',
    hoursAgo: 'il y a {count}\u202fh',
    daysAgo: 'il y a {count} jour | il y a {count} jours',
    days: 'jours',
    today: 'Aujourd’hui',
    yesterday: 'Hier',
  },
  loading: 'Chargement',
  failedToLoad: 'Cette page n’a pas pu être chargée',
}

export default fr
