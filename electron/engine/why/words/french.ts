/**
 * French, without address ("tu", "vous"). Things are called as in the window (renderer/locales/fr). A narrow space that never breaks stands before
 * a colon, a semicolon, and inside of guillemets; no participle has to agree with a name.
 */
import { plural } from '../../delivery/languages/format.ts'
import { isClock, listed, type SaidProfile, type Span, type WhyWords } from './english.ts'

const quoted = (name: string): string => `«\u202f${name}\u202f»`

/** "à 12:01", "le 14 janv. 12:01". */
const at = (time: string): string => (isClock(time) ? `à ${time}` : `le ${time}`)
const until = (time: string): string => (isClock(time) ? `jusqu’à ${time}` : `jusqu’au ${time}`)
const since = (time: string): string => (isClock(time) ? `depuis ${time}` : `depuis le ${time}`)

const span = ({ from, to }: Span): string => (to === null ? since(from) : `${isClock(from) ? 'de' : 'du'} ${from} ${isClock(to) ? 'à' : 'au'} ${to}`)
const missed = (what: string, cure?: string): string => `${what}\u202f; ce qui est arrivé alors a pu échapper${cure === undefined ? '' : `. ${cure}`}`

const printerAsSubject = (printer: string): string => (printer === '' ? 'L’imprimante' : `L’imprimante ${quoted(printer)}`)

function profileAsSubject(profile: SaidProfile): string {
  if (profile === null) return 'Le profil'
  return profile.name === null ? 'Un profil qui n’existe plus' : `Le profil ${quoted(profile.name)}`
}

/** Made when it is first needed. */
export const french = (): WhyWords => {
  const filterSays = {
    empty: 'ne dit rien, et donc ne retient rien', printers: 'est pour d’autres imprimantes', serverKinds: 'est pour d’autres types de serveur', tags: 'est pour des imprimantes avec d’autres étiquettes', minSeverity: 'est pour des événements plus graves',
    events: 'est pour d’autres types d’événement', files: 'est pour d’autres fichiers', longerThan: 'est pour des impressions plus longues', shorterThan: 'est pour des impressions plus courtes', acknowledged: 'demande si c’est acquitté',
  }
  const made: Readonly<Record<string, string>> = {
    window: 'créé dans la fenêtre', cli: 'créé en ligne de commande', toast: 'créé depuis une notification', tray: 'créé depuis la barre d’état', chat: 'créé dans une discussion', hook: 'créé par un hook',
  }
  return {
    stages: {
      enabled: 'Destination', masked: 'Masqué', subscribed: 'Choix', profile: 'Profil', filtered: 'Filtres', timeslot: 'Créneau', mode: 'Manière', presence: 'Présence', supported: 'Canal', own: 'Fait soi-même', silenced: 'Silences', grouped: 'Rafale', relevant: 'Encore vrai', deliver: 'Décision', escalation: 'Escalade', superseded: 'Plus récent', discarded: 'À la main',
    },
    passed: {
      profile: (profile) => `${quoted(profile)} est actif`,
      filtered: (profile) => `Rien dans ${quoted(profile)} ne s’y oppose`,
      timeslot: (profile) => `${quoted(profile)} parle à cette heure`,
      subscribed: (event) => `${quoted(event)} est activé`,
      supported: (destination) => `${quoted(destination)} peut le transmettre`,
      silenced: 'Aucun ne le concerne',
    },
    reasons: {
      subscribed: ({ destination }) => `Va vers ${quoted(destination)}`,
      late: ({ destination }) => `Va vers ${quoted(destination)}, bien qu’appris tard`,
      not_subscribed: ({ event, destination }) => `${quoted(event)} est désactivé pour ${quoted(destination)}`,
      switched_off: ({ event, destination }) => `Un abonnement désactive ${quoted(event)} pour ${quoted(destination)}`,
      idle_link: ({ printer }) => `${printerAsSubject(printer)} n’imprimait pas, et les allées et venues d’une imprimante sans impression ne sont dites que si on le choisit`,
      no_job: ({ printer }) => `${printerAsSubject(printer)} n’imprimait pas, et sans impression ceci ne va qu’à cet ordinateur`,
      not_supported: ({ destination }) => `${quoted(destination)} ne peut pas transmettre ce type d’événement`,
      masked: () => 'Les événements de ce type ne sont dits à personne',
      watched: ({ printer }) => (printer === '' ? 'Cette imprimante est suivie' : `L’imprimante ${quoted(printer)} est suivie`),
      channel_missing: ({ destination }) => `Il manque à ce Printbell le canal dont ${quoted(destination)} a besoin`,
      about_itself: ({ destination }) => `${quoted(destination)} est en panne et ne peut pas le dire\u202f; les autres le font`,
      own_recovery: ({ destination }) => `${quoted(destination)} fonctionne de nouveau, ce qui s’y voit de soi-même`,
      newer_progress: () => 'Une progression plus récente de la même impression est arrivée avant l’envoi',
      discarded: () => 'Quelqu’un l’a abandonné après l’échec de la remise',
      chosen: ({ destination }) => `Va vers ${quoted(destination)}, destination choisie pour cela`,
      not_chosen: ({ destination }) => `La destination ${quoted(destination)} n’a pas été choisie pour cela`,
      told_nobody: () => 'En l’acquittant, quelqu’un a choisi de n’avertir personne',
      destination_off: ({ destination }) => `La destination ${quoted(destination)} est désactivée`,
      own_action: () => 'Cela s’est fait depuis Printbell, et ce que l’on fait soi-même n’est dit que si on le veut',
      destination_removed: ({ destination }) => `La destination ${quoted(destination)} a été retirée entre-temps`,
      destination_disabled: ({ destination }) => `La destination ${quoted(destination)} a été désactivée entre-temps`,
      restored_from_backup: () => 'C’était encore en attente dans la sauvegarde restaurée, et ce qui est ancien n’est pas renvoyé',
      acknowledged: () => 'Quelqu’un l’a acquitté entre-temps',
      job_ended: () => 'L’impression s’est terminée entre-temps',
      resolved: () => 'C’était fini avant de pouvoir être dit',
      seen: () => 'Quelqu’un l’a vu entre-temps',
      profile_off: (_said, profile) => `${profileAsSubject(profile)} est désactivé`,
      profile_paused: (_said, profile) => `${profileAsSubject(profile)} est en repos`,
      outside_timeslot: () => 'C’est arrivé hors du créneau',
      timeslot_closed: () => 'Le créneau est fermé',
      timeslot_never_opens: () => 'Le créneau ne s’ouvre jamais',
      critical_passes: ({ destination }) => `Va vers ${quoted(destination)} hors du créneau, parce que c’est critique`,
      in_app: () => 'C’est pour l’historique seulement',
      somebody_here: ({ destination }) => `Quelqu’un était devant cet ordinateur, et ${quoted(destination)} l’apprend tant que personne n’y est`,
      nobody_here: ({ destination }) => `Personne n’était devant cet ordinateur, et ${quoted(destination)} l’apprend tant que quelqu’un y est`,
      digest: ({ destination }) => `${quoted(destination)} le reçoit regroupé`,
      host_down: ({ printer }) => `${printerAsSubject(printer)} était elle-même hors d’atteinte, l’absence d’image n’est donc pas une nouvelle`,
    },
    byProfile: (reason, name) => `${reason} (${name === null ? 'un profil qui n’existe plus' : `profil ${quoted(name)}`})`,
    byFollowing: (reason) => `${reason} (l’imprimante est suivie)`,
    silence: (name, over, by) => `${name === '' ? 'Un silence' : `Le silence ${quoted(name)}`} ${over ? 'l’a rendu' : 'le rend'} muet, ${Object.hasOwn(made, by) ? made[by] ?? '' : `créé par ${by}`}`,
    silenceGone: 'Un silence qui n’est plus connu l’a rendu muet',
    burst: 'La même chose d’une autre imprimante a été dite un instant avant, cela part donc en un seul message avec la suite',
    host: 'Le serveur est annoncé en un seul message, pour toutes ses imprimantes',
    escalation: (destination) => `${quoted(destination)} l’apprend si personne ne l’acquitte d’ici là`,
    filter: (name, field) => `${name === null ? 'Un filtre qui n’existe plus' : `Le filtre ${quoted(name)}`} ${field === null ? 'ne convient pas' : filterSays[field]}`,
    noReason: 'Aucune raison n’a été notée',
    heldUntil: (reason, time) => `${reason}\u202f: retenu ${until(time)}`,
    gathered: (reason) => `${reason}\u202f: va dans le prochain regroupement`,

    next: {
      next: 'Ensuite',
      now: 'Maintenant',
      at: (time) => (isClock(time) ? `À ${time}` : `Le ${time}`),
      released: 'Réexaminé à sa libération',
      judged: 'Réexaminé, et omis si ce n’est plus vrai',
      turn: 'Envoyé dès que vient son tour',
      tried: (time) => `Nouvel essai, ${until(time)}`,
      leased: 'En cours d’envoi',
      dead: 'Plus rien n’est essayé\u202f; on peut le renvoyer à la main',
      expired: 'Trop ancien pour partir tout seul\u202f; on peut le renvoyer à la main',
      cancelled: 'Plus rien n’est envoyé',
    },
    attempts: { delivered: 'Remis', retry: 'Non remis, un nouvel essai suit', rejected: 'Refusé', gone: 'La destination est fermée pour de bon', expired: 'Non remis à temps', cancelled: 'Retiré' },

    swallowed: {
      baseline: 'c’était déjà ainsi quand Printbell a regardé pour la première fois',
      short_pause: 'la pause était trop courte pour compter',
      repeated_error: 'la même erreur a été dite peu avant',
      collapsed_progress: 'une étape plus avancée de la progression a été dite à sa place',
      already_heard: 'c’était déjà dit',
      duplicate: 'c’est déjà dans l’historique',
      cap: 'trop de messages sont arrivés en une minute\u202f; un résumé les annonce',
      idle_link: 'aucune impression n’était en cours, et la connexion est vite revenue',
      not_subscribed: 'rien dans les réglages ne le demande',
      by_restart: 'la même impression a été recommencée',
      own_network_down: 'cet ordinateur n’avait lui-même pas de réseau',
      same_job: 'cela fait partie de ce qui est déjà dit de cette impression',
      no_job: 'aucune impression en cours ne pouvait échouer',
      failure_too_soon: 'une alerte d’échec de cette impression venait d’être dite',
      failure_unanswered: 'personne n’avait répondu à l’alerte d’échec précédente',
      failure_answered: 'quelqu’un venait de répondre à l’alerte d’échec précédente',
    },
    notTold: (title, because) => `${title}\u202f: passé sous silence, car ${because}`,

    why: {
      seen: (title, printer, time, foundOut) => `${quoted(title)}${printer === null ? '' : ` de ${quoted(printer)}`} a été vu ${at(time)}${foundOut === null ? '' : `, mais appris seulement ${at(foundOut)}`}`,
      acknowledgedAt: (time) => `Quelqu’un l’a acquitté ${at(time)}`,
      seenSince: (time) => `C’est marqué vu ${since(time)}`,
      noDestination: 'Aucune destination n’aurait pu le dire. En ajouter une sous «\u202fDestinations\u202f»',
      summary: (all, { delivered, waiting, failed, dropped }) => `Sur ${all.shown} destinations, ${listed([
        delivered && `${delivered.shown} ${plural(delivered, { one: 'l’a reçu', other: 'l’ont reçu' })}`,
        waiting && `${waiting.shown} ${plural(waiting, { one: 'doit', other: 'doivent' })} encore le recevoir`,
        failed && `${failed.shown} ${plural(failed, { one: 'devait le recevoir et ne l’a pas reçu', other: 'devaient le recevoir et ne l’ont pas reçu' })}`,
        dropped && `${dropped.shown} ${plural(dropped, { one: 'n’en a rien appris', other: 'n’en ont rien appris' })}`,
      ])}`,
      nothingSeen: (kind, printer, time) => `Aucun ${quoted(kind)} de ${quoted(printer)} n’a été vu vers ${time}, et rien de tel n’a été omis`,
      nothingHappened: 'Printbell a regardé tout ce temps, pour lui rien de ce type n’est donc arrivé',
      stillToCome: 'Ce moment est encore à venir. En demander un qui est passé',
      noPrinter: (id) => `Il n’y a pas d’imprimante ${quoted(id)} dans les réglages, donc personne ne la regarde. L’ajouter sous «\u202fImprimantes\u202f»`,
      printerOff: (name) => `L’imprimante ${quoted(name)} est désactivée dans les réglages, donc personne ne la regarde. L’activer sous «\u202fImprimantes\u202f»`,
      swallowed: (title, printer, time, because, setting) => `${quoted(title)}${printer === null ? '' : ` de ${quoted(printer)}`} a été remarqué ${at(time)} et passé sous silence, car ${because}${setting === null ? '' : `. Le réglage ${setting} en décide`}`,
      nobodyAsks: (kind) => `Aucune destination ne demande ${quoted(kind)}, le serveur de l’imprimante n’est donc pas interrogé non plus. Le choisir pour une destination`,
      kindOff: (kind, setting) => `${quoted(kind)} est désactivé. Le réglage ${setting} l’active`,
      notKept: (days) => `L’historique garde ${plural(days, { one: `${days.shown} jour`, many: `${days.shown} de jours`, other: `${days.shown} jours` })}, et c’était avant. Le réglage retention.eventDays en garde plus`,
      absent: {
        not_running: (when) => missed(`Printbell ne fonctionnait pas ${span(when)}`, 'Le démarrer à l’ouverture de session'),
        sleep: (when) => missed(`Cet ordinateur était en veille ${span(when)}`, 'Le garder éveillé tant qu’une imprimante imprime'),
        stopped: (when) => missed(`Printbell était figé ${span(when)}`),
        clock: (when) => missed(`L’horloge de cet ordinateur a été réglée ${span(when)}`),
        own_network: (when) => missed(`Cet ordinateur n’avait pas de réseau ${span(when)}`),
        unknown: (when) => missed(`Personne n’a regardé ${span(when)}`),
      },
      unreachable: (printer, when, cause) => missed(`Le serveur de ${quoted(printer)} était hors d’atteinte ${span(when)}${cause === null ? '' : ` (${cause})`}`, when.to === null ? 'Tester la connexion\u202f: le test indique la cause' : undefined),
    },

    fate: {
      leased: (to) => `L’envoi vers ${quoted(to)} est en cours`,
      onItsWay: (to) => `C’est en route vers ${quoted(to)}, pas encore envoyé`,
      notTaken: (to, time) => `${quoted(to)} ne l’a pas accepté${time === null ? '' : ` ${at(time)}`}`,
      mendAndSend: 'Y remédier, puis renvoyer depuis l’historique',
      tooOld: (to, time) => `La remise à ${quoted(to)} n’a pas réussi ${until(time)}, ensuite c’était trop ancien`,
      sendAgain: 'On peut le renvoyer depuis l’historique',
      takenBack: (to) => `Retiré avant d’atteindre ${quoted(to)}`,
      notThere: (to) => `La destination ${quoted(to)} n’existait pas encore, ou était désactivée\u202f; rien n’a donc été décidé pour elle`,
      switchOn: 'L’activer sous «\u202fDestinations\u202f»',
      notTold: (to) => `${quoted(to)} n’en a rien appris`,
      delivered: (to, time, by) => `Remis à ${quoted(to)}${time === null ? '' : ` ${at(time)}`}${by === null ? '' : ` (${by})`}\u202f; regarder là-bas`,
      waited: (reason) => `Son heure n’était pas venue. ${reason}`,
      tries: (count) => `Il a fallu ${plural(count, { many: `${count.shown} d’essais`, other: `${count.shown} essais` })}`,
      held: (to, time) => `C’est retenu pour ${quoted(to)}${time === null ? '' : ` ${until(time)}`}`,
      judgedAgain: 'Ensuite c’est réexaminé, et omis si ce n’est plus vrai',
      notYet: (to, tries) => `Pas encore remis à ${quoted(to)}${tries === null ? '' : `, après ${plural(tries, { one: `${tries.shown} essai`, many: `${tries.shown} d’essais`, other: `${tries.shown} essais` })}`}`,
      triedUntil: (time) => `Les essais continuent ${until(time)}`,
      testIt: 'Tester la destination\u202f: le test indique la cause',
      fails: (to, gone, time, why) => (gone ? `${quoted(to)} n’accepte plus rien ${since(time)}\u202f: ${why}` : `${quoted(to)} est en panne ${since(time)}\u202f: ${why}`),
      cures: {
        not_subscribed: 'Le choisir pour cette destination, ou dans un profil qui l’atteint',
        switched_off: 'Changer cet abonnement, ou la manière du profil',
        idle_link: 'Choisir ce type à la main pour cette destination, pour l’apprendre aussi d’une imprimante sans impression',
        no_job: 'Choisir ce type à la main pour cette destination, pour l’apprendre aussi sans impression',
        channel_missing: 'Autoriser ou réinstaller le plugin qui l’apporte',
        own_action: 'Activer «\u202fDire aussi ce que j’ai fait moi-même\u202f» (notifyMyself) pour l’apprendre aussi',
        profile_off: 'Activer le profil',
        profile_paused: 'Finir le repos du profil',
        outside_timeslot: 'Élargir le créneau, ou faire retenir par le profil ce qui arrive aux autres heures',
        timeslot_never_opens: 'Donner une heure au créneau',
        in_app: 'Choisir «\u202fTout de suite\u202f» dans le profil pour l’apprendre',
      },
      cureFilter: 'Changer le filtre, ou le profil qui l’utilise',
      cureSilence: 'Lever le silence pour l’apprendre de nouveau',
    },

    kinds: { 'job.progress': 'Progression', 'job.milestone_time': 'Étape de temps', 'message.display': 'Message de l’écran', 'server.event': 'Événement du serveur' },
    reachesNobody: 'Le profil n’atteint aucune destination active',
    broadcast: {
      waits: 'C’est en attente d’envoi. L’historique dit ce qu’il en advient.',
      delivered: 'Remis.',
      notYet: 'Pas encore.',
      triedAgain: (said) => `${said} Un nouvel essai suit.`,
      notDelivered: 'Non remis.',
    },

    called: {
      'job.started': 'impression lancée démarrée commencée', 'job.first_layer_done': 'première couche terminée', 'job.layer': 'couche atteinte', 'job.progress': 'impression en cours progression pourcentage', 'job.milestone_time': 'imprime toujours depuis heures étape de temps',
      'job.finishing_soon': 'bientôt la fin', 'job.eta_slipped': 'prend plus de temps fin recule retard', 'job.stalled': 'plus rien ne bouge bloquée', 'job.paused': 'en pause', 'job.resumed': 'impression reprise',
      'job.done': 'impression terminée finie achevée', 'job.cancelled': 'impression annulée arrêtée', 'job.failed': 'échec de impression échouée', 'job.result_unknown': 'résultat inconnu',
      'attention.filament_runout': 'filament épuisé vide fini manque aide', 'attention.filament_change': 'changer le filament changement aide', 'attention.user_input': 'attend une réponse question aide', 'attention.door': 'porte ouverte aide',
      'attention.plate': 'vérifier la plaque plateau aide', 'attention.cleared': 'a plus besoin aide réglé', 'attention.reminder': 'a toujours besoin aide rappel',
      'failure.warning': 'échec impression possible soupçonné détection', 'failure.detected': 'impression échoue échec détecté détection',
      'heater.target_reached': 'le chauffage est à température buse plateau atteinte chaud', 'heater.cooled': 'le chauffage a refroidi buse plateau', 'heater.left_on': 'le chauffage chauffe encore buse plateau', 'heater.runaway': 'chauffage hors de contrôle',
      'device.ready': 'imprimante prête', 'device.error': 'erreur de imprimante', 'device.shutdown': 'imprimante arrêtée', 'device.fault': 'défaut de imprimante',
      'link.up': 'répond de nouveau connexion en ligne', 'link.lost': 'ne répond pas connexion perdue hors ligne', 'link.auth_failed': 'clé refusée', 'link.refused': 'connexion refusée', 'camera.lost': 'pas image caméra perdue', 'camera.up': 'caméra de retour',
      'message.display': 'message de écran', 'message.user': 'message', 'command.succeeded': 'commande effectuée', 'command.failed': 'échec de la commande',
      'app.delivery_failing': 'envois en échec destination panne', 'app.delivery_recovered': 'envois rétablis destination', 'app.offline': 'pas de réseau hors ligne', 'app.update_available': 'mise à jour disponible', 'app.test': 'message de test',
      'command.acknowledged': 'acquitté', 'app.broadcast': 'message à tous', 'app.changed': 'réglages modifiés changement', 'app.silence_over': 'fin du silence maintenance terminée',
      'server.event': 'message événement du serveur',
    },
  }
}
