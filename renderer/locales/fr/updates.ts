/** Textes des nouvelles versions de Printbell lui-même. */
import type en from '../en/updates.ts'

const fr: typeof en = {
  title: 'Mises à jour',
  look: 'Chercher les nouvelles versions',
  asks: 'Demande à {host} une fois par jour. Désactivé\u202f: rien n’est demandé sur internet.',
  asksNobody: 'Désactivé\u202f: rien n’est demandé sur internet.',
  lookNow: 'Chercher maintenant',
  looked: 'Dernière réponse\u202f: {time}',
  never: 'Personne à qui demander les nouvelles versions',
  state: {
    idle: 'Pas encore cherché',
    checking: 'Cherche une nouvelle version',
    current: 'C’est la version la plus récente',
    available: 'Printbell {version} est sorti',
    downloading: 'Télécharge Printbell {version}',
    ready: 'Printbell {version} est prêt',
    waiting: 'Printbell {version} attend d’être installé',
    installing: 'Installe Printbell {version}',
    failed: 'Les nouvelles versions n’ont pas pu être cherchées',
    failedRelease: 'Printbell {version} n’a pas pu être obtenu',
  },
  ready: 'Redémarrez maintenant, ou il sera installé quand Printbell se termine.',
  waits: 'Installé dès que ceci est fini\u202f:',
  installing: 'Printbell se termine et redémarre de lui-même.',
  bytes: '{done} sur {all}',
  next: 'Prochain essai\u202f: {time}',
  download: 'Télécharger',
  restart: 'Redémarrer et mettre à jour',
  notNow: 'Pas maintenant',
  notes: 'Nouveautés de {version}',
  released: 'Paru le {day}',
  mirror: 'Miroir personnel',
  address: 'Adresse d’un miroir',
  addressHint: 'Interrogé à la place de l’habituel. Vide\u202f: l’habituel.',
  mark: 'une mise à jour est prête',
  failedToLoad: 'Rien ne peut être dit des nouvelles versions pour le moment',
  leaves: {
    title: 'Rien, sauf vers ceux que vous avez choisis',
    hint: 'Pas de compte, pas de cloud, pas de statistiques. Printbell parle avec vos imprimantes et avec\u202f:',
    asked: 'interrogé sur les nouvelles versions',
  },
}

export default fr
