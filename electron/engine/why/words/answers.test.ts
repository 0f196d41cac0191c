import { describe, expect, test } from 'vitest'
import type { Attempt, Decision, LinkGap, OutboxRow, StoredEvent } from '../../history/history.ts'
import { decision, draft, row, T0 } from '../../history/test-support.ts'
import type { Heard, WhyFacts, WhyQuestion } from '../facts.ts'
import { kindName } from '../title.ts'
import { whyNot } from '../why.ts'
import { whyLanguageOf } from './index.ts'

/** T0 is 12:00 UTC. */
const MINUTE = 60_000
const names = {
  silence: (id: string) => (id === 'S1' ? { name: 'Nozzles', by: 'window', over: false } : null), filter: (id: string) => (id === 'night' ? 'Night shift' : null), profile: (id: string) => (id === 'P1' ? 'Workshop' : null),
  time: (at: number) => new Date(at).toISOString().slice(11, 16),
}
const FAMILY = { id: 'fam', label: 'Family', enabled: true }
const facts = (over: Partial<WhyFacts>): WhyFacts => ({
  now: T0 + 60 * MINUTE, printer: { name: 'MK4', enabled: true }, destinations: [FAMILY], heard: [], near: [], suppressed: [], gaps: [], absences: [], failing: [], eventDays: 365, notMade: null, ...over,
})
const stored = (over: Partial<StoredEvent> = {}): StoredEvent => ({ ...draft('k'), printerId: 'mk4', printerName: 'MK4', id: 'E1', seq: 7, occurredAt: T0 + MINUTE, observedAt: T0 + MINUTE, seenAt: null, acknowledgedAt: null, snapshotFile: null, ...over })
const decided = (over: Partial<Decision> = {}): Decision => ({ ...decision({ destinationId: 'fam', stage: 'deliver', reason: 'subscribed', ...over }), eventId: 'E1' })
const sent = (over: Partial<OutboxRow> = {}): OutboxRow => ({ ...row('R1', { destinationId: 'fam', ...over }), eventId: 'E1' })
const tried = (over: Partial<Attempt> = {}): Attempt => ({ outboxId: 'R1', eventId: 'E1', destinationId: 'fam', at: T0 + 2 * MINUTE, ms: 12, number: 1, result: 'delivered', detail: 'taken by ntfy.sh', ...over })
const heard = (over: Partial<Heard> = {}): Heard[] => [{ event: stored(), decisions: [decided()], outbox: [], attempts: [], ...over }]
const gap = (from: number, to: number | null, cause: string | null): LinkGap => ({ serverId: 'octo', from: T0 + from * MINUTE, to: to === null ? null : T0 + to * MINUTE, cause })
const swallowed = (reason: 'short_pause' | 'baseline') => ({ at: T0, printerId: 'mk4', type: 'job.paused' as const, reason, detail: '', dedupeKey: null })

/** Its answer, sentence by sentence, then what was near. */
function told(code: 'de' | 'fr' | 'es', over: Partial<WhyFacts>, asked: Partial<WhyQuestion> = {}): string[] {
  const answer = whyNot({ printerId: 'mk4', type: 'job.done', at: T0, destinationId: null, ...asked }, facts(over), names, whyLanguageOf(code))
  return [...answer.sentences, ...answer.near.map(({ text }) => text)]
}

type Row = [string, Partial<WhyFacts>, Partial<WhyQuestion>, string[], string[], string[]]
const FAILS = { destinationId: 'fam', since: T0 - 30 * MINUTE, why: 'it is full', nextTryAt: null }

describe('an answer', () => {
  const seen: Row[] = [
    ['delivered at the third try after it waited',
      { heard: heard({ decisions: [decided({ decision: 'hold', stage: 'timeslot', reason: 'timeslot_closed', profileId: 'P1', until: T0 })], outbox: [sent({ state: 'delivered' })], attempts: [tried({ number: 3 })] }) }, {},
      ['Es wurde um 12:02 an „Family“ zugestellt (taken by ntfy.sh), also dort nachsehen. Es wartete auf seine Zeit. Das Zeitfenster ist geschlossen (Profil „Workshop“). Es brauchte 3 Versuche.'],
      ['Remis à «\u202fFamily\u202f» à 12:02 (taken by ntfy.sh)\u202f; regarder là-bas. Son heure n’était pas venue. Le créneau est fermé (profil «\u202fWorkshop\u202f»). Il a fallu 3 essais.'],
      ['Se entregó a «Family» a las 12:02 (taken by ntfy.sh); mirar allí. Esperó su hora. El horario está cerrado (perfil «Workshop»). Hicieron falta 3 intentos.']],
    ['held', { heard: heard({ decisions: [decided({ decision: 'hold', stage: 'timeslot', reason: 'timeslot_closed', until: T0 })], outbox: [sent({ state: 'held', releaseAt: T0 + 120 * MINUTE })] }) }, {},
      ['Es wird für „Family“ zurückgehalten, bis 14:00. Das Zeitfenster ist geschlossen. Dann wird es noch einmal beurteilt und weggelassen, wenn es nicht mehr gilt.'],
      ['C’est retenu pour «\u202fFamily\u202f» jusqu’à 14:00. Le créneau est fermé. Ensuite c’est réexaminé, et omis si ce n’est plus vrai.'],
      ['Se retiene para «Family» hasta las 14:00. El horario está cerrado. Después se evalúa de nuevo y se omite si ya no es cierto.']],
    ['on its way', { heard: heard({ outbox: [sent()] }) }, {}, ['Es ist unterwegs zu „Family“ und wurde noch nicht gesendet.'], ['C’est en route vers «\u202fFamily\u202f», pas encore envoyé.'], ['Está en camino a «Family», aún sin enviar.']],
    ['being sent', { heard: heard({ outbox: [sent({ state: 'leased' })] }) }, {}, ['Es wird gerade an „Family“ gesendet.'], ['L’envoi vers «\u202fFamily\u202f» est en cours.'], ['Se está enviando a «Family».']],
    ['tried in vain', { heard: heard({ outbox: [sent({ attempts: 1, expiresAt: T0 + 60 * MINUTE })], attempts: [tried({ result: 'retry', detail: '' })] }), failing: [{ ...FAILS, state: 'open' }] }, {},
      ['Es wurde nach 1 Versuch noch nicht an „Family“ zugestellt. „Family“ ist seit 11:30 gestört: it is full. Es wird bis 13:00 versucht. Das Ziel testen: Der Test nennt die Ursache.'],
      ['Pas encore remis à «\u202fFamily\u202f», après 1 essai. «\u202fFamily\u202f» est en panne depuis 11:30\u202f: it is full. Les essais continuent jusqu’à 13:00. Tester la destination\u202f: le test indique la cause.'],
      ['Aún no se ha entregado a «Family», tras 1 intento. «Family» falla desde las 11:30: it is full. Se intenta hasta las 13:00. Probar el destino: la prueba indica la causa.']],
    ['not tried yet at one that is closed', { heard: heard({ outbox: [sent({ expiresAt: T0 + 60 * MINUTE })] }), failing: [{ ...FAILS, state: 'gone' }] }, {},
      ['Es wurde noch nicht an „Family“ zugestellt. „Family“ nimmt seit 11:30 nichts an: it is full. Es wird bis 13:00 versucht. Das Ziel testen: Der Test nennt die Ursache.'],
      ['Pas encore remis à «\u202fFamily\u202f». «\u202fFamily\u202f» n’accepte plus rien depuis 11:30\u202f: it is full. Les essais continuent jusqu’à 13:00. Tester la destination\u202f: le test indique la cause.'],
      ['Aún no se ha entregado a «Family». «Family» no acepta nada desde las 11:30: it is full. Se intenta hasta las 13:00. Probar el destino: la prueba indica la causa.']],
    ['refused', { heard: heard({ outbox: [sent({ state: 'dead' })], attempts: [tried({ result: 'rejected', detail: '' })] }) }, {},
      ['„Family“ hat es um 12:02 nicht angenommen. Das beheben, dann aus dem Verlauf erneut senden.'], ['«\u202fFamily\u202f» ne l’a pas accepté à 12:02. Y remédier, puis renvoyer depuis l’historique.'], ['«Family» no lo aceptó a las 12:02. Arreglarlo y enviarlo de nuevo desde el historial.']],
    ['too old', { heard: heard({ outbox: [sent({ state: 'expired', expiresAt: T0 + 61 * MINUTE })] }) }, {},
      ['Es konnte bis 13:01 nicht an „Family“ zugestellt werden, und dann war es zu alt. Es lässt sich aus dem Verlauf erneut senden.'],
      ['La remise à «\u202fFamily\u202f» n’a pas réussi jusqu’à 13:01, ensuite c’était trop ancien. On peut le renvoyer depuis l’historique.'],
      ['No se pudo entregar a «Family» hasta las 13:01, y entonces era demasiado antiguo. Se puede enviar de nuevo desde el historial.']],
    ['taken back', { heard: heard({ decisions: [decided(), decided({ seq: 2, decision: 'drop', stage: 'relevant', reason: 'acknowledged' })], outbox: [sent({ state: 'cancelled' })] }) }, {},
      ['Es wurde zurückgezogen, bevor es „Family“ erreichte. Jemand hat es inzwischen bestätigt.'], ['Retiré avant d’atteindre «\u202fFamily\u202f». Quelqu’un l’a acquitté entre-temps.'], ['Se retiró antes de llegar a «Family». Alguien lo confirmó entretanto.']],
    ['before the destination was there', { heard: heard({ decisions: [] }) }, {},
      ['„Family“ gab es noch nicht, oder es war ausgeschaltet; dafür wurde also nichts entschieden.'], ['La destination «\u202fFamily\u202f» n’existait pas encore, ou était désactivée\u202f; rien n’a donc été décidé pour elle.'],
      ['«Family» aún no existía, o estaba desactivado, así que no se decidió nada al respecto.']],
    ['at a destination that is off', { heard: heard({ decisions: [] }), destinations: [{ ...FAMILY, enabled: false }] }, {}, ['„Family“ ist ausgeschaltet. Unter „Ziele“ einschalten.'],
      ['La destination «\u202fFamily\u202f» est désactivée. L’activer sous «\u202fDestinations\u202f».'], ['«Family» está desactivado. Activarlo en «Destinos».']],
    ['without any destination', { heard: heard({ decisions: [] }), destinations: [] }, {}, ['Es gibt kein Ziel, das es hätte melden können. Unter „Ziele“ eines hinzufügen.'], ['Aucune destination n’aurait pu le dire. En ajouter une sous «\u202fDestinations\u202f».'],
      ['No hay ningún destino que pudiera decirlo. Añadir uno en «Destinos».']],
  ]
  test.each(seen)('of an event that was seen: %s', (_what, over, asked, ...[de, fr, es]) => {
    expect(told('de', over, asked)).toEqual(['„Druck fertig“ von „MK4“ wurde um 12:01 gesehen.', ...de])
    expect(told('fr', over, asked)).toEqual(['«\u202fImpression terminée\u202f» de «\u202fMK4\u202f» a été vu à 12:01.', ...fr])
    expect(told('es', over, asked)).toEqual(['«Impresión terminada» de «MK4» se vio a las 12:01.', ...es])
  })

  test('of several destinations counts them', () => {
    const destinations = [FAMILY, { ...FAMILY, id: 'd1' }, { ...FAMILY, id: 'd2' }, { ...FAMILY, id: 'd3' }, { ...FAMILY, id: 'd4' }]
    const at = (destinationId: string, state: OutboxRow['state']): OutboxRow => sent({ destinationId, state })
    const of = (...states: OutboxRow['state'][]) => ({ destinations, heard: heard({ outbox: states.map((state, n) => at(destinations[n]?.id ?? '', state)) }) })
    const one = of('delivered', 'held', 'dead', 'cancelled', 'cancelled')
    const more = of('delivered', 'delivered', 'held', 'held', 'dead')
    expect((['de', 'fr', 'es'] as const).flatMap((code) => [told(code, one)[1], told(code, more)[1]])).toEqual([
      '5 Ziele: 1 bekam es, 1 soll es noch bekommen, 1 sollte es bekommen und bekam es nicht, 2 erfuhren nichts davon.', '5 Ziele: 2 bekamen es, 2 sollen es noch bekommen, 1 sollte es bekommen und bekam es nicht.',
      'Sur 5 destinations, 1 l’a reçu, 1 doit encore le recevoir, 1 devait le recevoir et ne l’a pas reçu, 2 n’en ont rien appris.', 'Sur 5 destinations, 2 l’ont reçu, 2 doivent encore le recevoir, 1 devait le recevoir et ne l’a pas reçu.',
      'De 5 destinos, 1 lo recibió, 1 aún lo ha de recibir, 1 debía recibirlo y no lo recibió, 2 no se enteraron.', 'De 5 destinos, 2 lo recibieron, 2 aún lo han de recibir, 1 debía recibirlo y no lo recibió.',
    ])
  })

  test('tells who saw it, and that it was found out late', () => {
    const late = { heard: heard({ event: stored({ late: true, observedAt: T0 + 30 * MINUTE, seenAt: T0 + 65 * MINUTE }), outbox: [sent({ state: 'leased' })] }) }
    expect((['de', 'fr', 'es'] as const).map((code) => [told(code, late)[0], told(code, late)[2]])).toEqual([
      ['„Druck fertig“ von „MK4“ wurde um 12:01 gesehen, aber erst um 12:30 erfahren.', 'Es ist seit 13:05 als gesehen markiert.'],
      ['«\u202fImpression terminée\u202f» de «\u202fMK4\u202f» a été vu à 12:01, mais appris seulement à 12:30.', 'C’est marqué vu depuis 13:05.'],
      ['«Impresión terminada» de «MK4» se vio a las 12:01, pero no se supo hasta las 12:30.', 'Está marcado como visto desde las 13:05.'],
    ])
    const acknowledged = { heard: heard({ event: stored({ acknowledgedAt: T0 + 65 * MINUTE }), outbox: [sent({ state: 'leased' })] }) }
    expect((['de', 'fr', 'es'] as const).map((code) => told(code, acknowledged)[2])).toEqual(['Jemand hat es um 13:05 bestätigt.', 'Quelqu’un l’a acquitté à 13:05.', 'Alguien lo confirmó a las 13:05.'])
  })

  test.each<Row>([
    ['swallowed, with its setting', { suppressed: [swallowed('short_pause')] }, { type: 'job.paused' },
      ['„Pausiert“ von „MK4“ wurde um 12:00 bemerkt und nicht gemeldet, denn die Pause war zu kurz, um zu zählen. Darüber entscheidet die Einstellung pauseGrace.'],
      ['«\u202fEn pause\u202f» de «\u202fMK4\u202f» a été remarqué à 12:00 et passé sous silence, car la pause était trop courte pour compter. Le réglage pauseGrace en décide.'],
      ['«En pausa» de «MK4» se notó a las 12:00 y no se dijo, porque la pausa fue demasiado corta para contar. Lo decide el ajuste pauseGrace.']],
    ['Printbell did not run', { absences: [gap(-60, 10, 'not_running')] }, {},
      ['Printbell lief von 11:00 bis 12:10 nicht; was in dieser Zeit geschah, kann entgangen sein. Bei der Anmeldung starten lassen.'],
      ['Printbell ne fonctionnait pas de 11:00 à 12:10\u202f; ce qui est arrivé alors a pu échapper. Le démarrer à l’ouverture de session.'],
      ['Printbell no funcionó desde las 11:00 hasta las 12:10; lo que ocurrió entonces pudo pasar inadvertido. Iniciarlo al entrar en la sesión.']],
    ['the computer slept', { absences: [gap(-60, 10, 'sleep')] }, {},
      ['Dieser Computer schlief von 11:00 bis 12:10; was in dieser Zeit geschah, kann entgangen sein. Den Computer wach halten, solange ein Drucker druckt.'],
      ['Cet ordinateur était en veille de 11:00 à 12:10\u202f; ce qui est arrivé alors a pu échapper. Le garder éveillé tant qu’une imprimante imprime.'],
      ['Este equipo estuvo suspendido desde las 11:00 hasta las 12:10; lo que ocurrió entonces pudo pasar inadvertido. Mantenerlo despierto mientras una impresora imprime.']],
    ['it stood still', { absences: [gap(-60, 10, 'stopped')] }, {}, ['Printbell stand von 11:00 bis 12:10 still; was in dieser Zeit geschah, kann entgangen sein.'],
      ['Printbell était figé de 11:00 à 12:10\u202f; ce qui est arrivé alors a pu échapper.'], ['Printbell estuvo parado desde las 11:00 hasta las 12:10; lo que ocurrió entonces pudo pasar inadvertido.']],
    ['the clock was set', { absences: [gap(-60, 10, 'clock')] }, {}, ['Die Uhr dieses Computers wurde von 11:00 bis 12:10 verstellt; was in dieser Zeit geschah, kann entgangen sein.'],
      ['L’horloge de cet ordinateur a été réglée de 11:00 à 12:10\u202f; ce qui est arrivé alors a pu échapper.'], ['El reloj de este equipo se cambió desde las 11:00 hasta las 12:10; lo que ocurrió entonces pudo pasar inadvertido.']],
    ['the network is away still', { absences: [gap(-3, null, 'own_network')] }, {}, ['Dieser Computer hatte seit 11:57 kein Netzwerk; was in dieser Zeit geschah, kann entgangen sein.'],
      ['Cet ordinateur n’avait pas de réseau depuis 11:57\u202f; ce qui est arrivé alors a pu échapper.'], ['Este equipo no tuvo red desde las 11:57; lo que ocurrió entonces pudo pasar inadvertido.']],
    ['nobody looked, for a reason of a newer program', { absences: [gap(-3, 3, 'eclipse')] }, {}, ['Niemand sah von 11:57 bis 12:03 nach; was in dieser Zeit geschah, kann entgangen sein.'],
      ['Personne n’a regardé de 11:57 à 12:03\u202f; ce qui est arrivé alors a pu échapper.'], ['Nadie miró desde las 11:57 hasta las 12:03; lo que ocurrió entonces pudo pasar inadvertido.']],
    ['the server is away', { gaps: [gap(-5, null, 'key_invalid')] }, {},
      ['Der Server von „MK4“ war seit 11:55 nicht erreichbar (key invalid); was in dieser Zeit geschah, kann entgangen sein. Die Verbindung testen: Der Test nennt die Ursache.'],
      ['Le serveur de «\u202fMK4\u202f» était hors d’atteinte depuis 11:55 (key invalid)\u202f; ce qui est arrivé alors a pu échapper. Tester la connexion\u202f: le test indique la cause.'],
      ['El servidor de «MK4» no respondió desde las 11:55 (key invalid); lo que ocurrió entonces pudo pasar inadvertido. Probar la conexión: la prueba indica la causa.']],
    ['the printer is off', { printer: { name: 'MK4', enabled: false } }, {}, ['„MK4“ ist in den Einstellungen ausgeschaltet, also sieht niemand danach. Unter „Drucker“ einschalten.'],
      ['L’imprimante «\u202fMK4\u202f» est désactivée dans les réglages, donc personne ne la regarde. L’activer sous «\u202fImprimantes\u202f».'], ['«MK4» está desactivada en los ajustes, así que nadie la mira. Activarla en «Impresoras».']],
    ['no such printer', { printer: null }, { printerId: 'mk9' }, ['In den Einstellungen gibt es keinen Drucker „mk9“, also sieht niemand nach ihm. Unter „Drucker“ hinzufügen.'],
      ['Il n’y a pas d’imprimante «\u202fmk9\u202f» dans les réglages, donc personne ne la regarde. L’ajouter sous «\u202fImprimantes\u202f».'], ['No hay ninguna impresora «mk9» en los ajustes, así que nadie la mira. Añadirla en «Impresoras».']],
    ['nobody asks', { notMade: 'nobody_asks' }, { type: 'job.first_layer_done' }, ['Kein Ziel verlangt „Erste Schicht fertig“, also wird auch der Server des Druckers nicht danach gefragt. Für ein Ziel wählen.'],
      ['Aucune destination ne demande «\u202fPremière couche terminée\u202f», le serveur de l’imprimante n’est donc pas interrogé non plus. Le choisir pour une destination.'],
      ['Ningún destino pide «Primera capa terminada», así que tampoco se le pide al servidor de la impresora. Elegirlo para un destino.']],
    ['switched off', { notMade: { setting: 'progressStep' } }, { type: 'job.progress' }, ['„Fortschritt“ ist ausgeschaltet. Die Einstellung progressStep schaltet es ein.'],
      ['«\u202fProgression\u202f» est désactivé. Le réglage progressStep l’active.'], ['«Progreso» está desactivado. Lo activa el ajuste progressStep.']],
    ['longer ago than the history goes', { now: T0 + 400 * 24 * 60 * MINUTE }, {}, ['Der Verlauf reicht 365 Tage zurück, und das ist länger her. Die Einstellung retention.eventDays behält mehr.'],
      ['L’historique garde 365 jours, et c’était avant. Le réglage retention.eventDays en garde plus.'], ['El historial guarda 365 días, y eso fue antes. El ajuste retention.eventDays guarda más.']],
    ['still to come', { now: T0 - 1 }, {}, ['Diese Zeit kommt erst noch. Nach einer fragen, die vorbei ist.'], ['Ce moment est encore à venir. En demander un qui est passé.'], ['Ese momento está aún por venir. Preguntar por uno que ya pasó.']],
    ['nothing, and something near', { suppressed: [swallowed('baseline')], near: [stored({ id: 'E3', type: 'job.cancelled', occurredAt: T0 + 4 * MINUTE })] }, {},
      ['„Druck fertig“ von „MK4“ wurde gegen 12:00 nicht gesehen, und nichts dergleichen wurde weggelassen.', 'Printbell sah die ganze Zeit nach, für Printbell geschah also nichts dieser Art.', 'Pausiert: nicht gemeldet, denn es war schon so, als Printbell zum ersten Mal nachsah', 'Druck abgebrochen'],
      ['Aucun «\u202fImpression terminée\u202f» de «\u202fMK4\u202f» n’a été vu vers 12:00, et rien de tel n’a été omis.', 'Printbell a regardé tout ce temps, pour lui rien de ce type n’est donc arrivé.', 'En pause\u202f: passé sous silence, car c’était déjà ainsi quand Printbell a regardé pour la première fois', 'Impression annulée'],
      ['No se vio ningún «Impresión terminada» de «MK4» hacia las 12:00, ni se omitió ninguno.', 'Printbell miró todo ese tiempo, así que para él no ocurrió nada de este tipo.', 'En pausa: no se dijo, porque ya era así cuando Printbell miró por primera vez', 'Impresión cancelada']],
  ])('of an event that was not seen: %s', (_what, over, asked, de, fr, es) => {
    expect([told('de', over, asked), told('fr', over, asked), told('es', over, asked)]).toEqual([de, fr, es])
  })
})

describe('what to do about a drop', () => {
  test.each<[string, string, string, string]>([
    ['not_subscribed', 'Es für dieses Ziel wählen, oder in einem Profil, das dieses Ziel erreicht.', 'Le choisir pour cette destination, ou dans un profil qui l’atteint.', 'Elegirlo para este destino, o en un perfil que llegue a él.'],
    ['switched_off', 'Dieses Abonnement ändern, oder den Modus des Profils.', 'Changer cet abonnement, ou la manière du profil.', 'Cambiar esa suscripción, o el modo del perfil.'],
    ['idle_link', 'Diese Art für dieses Ziel von Hand wählen, um sie auch von einem Drucker ohne Druck zu hören.', 'Choisir ce type à la main pour cette destination, pour l’apprendre aussi d’une imprimante sans impression.', 'Elegir ese tipo a mano para este destino, para enterarse también de una impresora sin impresión.'],
    ['no_job', 'Diese Art für dieses Ziel von Hand wählen, um sie auch ohne Druck zu hören.', 'Choisir ce type à la main pour cette destination, pour l’apprendre aussi sans impression.', 'Elegir ese tipo a mano para este destino, para enterarse también sin impresión.'],
    ['channel_missing', 'Das Plugin erlauben oder neu installieren, das ihn mitbringt.', 'Autoriser ou réinstaller le plugin qui l’apporte.', 'Permitir o reinstalar el plugin que lo aporta.'],
    ['own_action', '„Auch melden, was ich selbst tat“ (notifyMyself) einschalten, um auch das zu hören.', 'Activer «\u202fDire aussi ce que j’ai fait moi-même\u202f» (notifyMyself) pour l’apprendre aussi.', 'Activar «Decirme lo que hice yo» (notifyMyself) para enterarse también de ello.'],
    ['profile_off', 'Das Profil einschalten.', 'Activer le profil.', 'Activar el perfil.'],
    ['profile_paused', 'Die Ruhe des Profils beenden.', 'Finir le repos du profil.', 'Acabar el descanso del perfil.'],
    ['outside_timeslot', 'Das Zeitfenster weiten, oder im Profil zurückhalten, was zu anderen Zeiten geschieht.', 'Élargir le créneau, ou faire retenir par le profil ce qui arrive aux autres heures.', 'Ampliar el horario, o hacer que el perfil retenga lo que ocurre a otras horas.'],
    ['timeslot_never_opens', 'Dem Zeitfenster eine Zeit geben.', 'Donner une heure au créneau.', 'Dar una hora al horario.'],
    ['in_app', 'Im Profil „Sofort“ wählen, um es gemeldet zu bekommen.', 'Choisir «\u202fTout de suite\u202f» dans le profil pour l’apprendre.', 'Elegir «Enseguida» en el perfil para enterarse.'],
    ['filter:night:tags', 'Den Filter ändern, oder das Profil, das ihn benutzt.', 'Changer le filtre, ou le profil qui l’utilise.', 'Cambiar el filtro, o el perfil que lo usa.'],
    ['silence:S1', 'Die Stummschaltung aufheben, um es wieder gemeldet zu bekommen.', 'Lever le silence pour l’apprendre de nouveau.', 'Levantar el silencio para enterarse de nuevo.'],
  ])('for %s', (reason, ...cures) => {
    const over = { heard: heard({ decisions: [decided({ decision: 'drop', stage: 'subscribed', reason })] }) }
    const said = (['de', 'fr', 'es'] as const).map((code) => told(code, over)[1] ?? '')
    expect(said.map((text, n) => (text.endsWith(`. ${cures[n]}`) ? cures[n] : text))).toEqual(cures)
    expect(said.map((text) => text.slice(0, text.indexOf('. ')))).toEqual(['„Family“ erfuhr nichts davon', '«\u202fFamily\u202f» n’en a rien appris', '«Family» no se enteró'])
  })
})

test('times of other days are told with their day', () => {
  const later = { ...names, time: (at: number) => ({ [T0 - 60 * MINUTE]: '14 Jan 23:00', [T0 + 10 * MINUTE]: '15 Jan 01:05' }[at] ?? '01:05') }
  const at = (code: 'de' | 'fr' | 'es'): string[] => [
    ...whyNot({ printerId: 'mk4', type: 'job.done', at: T0, destinationId: null }, facts({ absences: [gap(-60, 10, 'own_network')] }), later, whyLanguageOf(code)).sentences,
    whyLanguageOf(code).words.why.acknowledgedAt('Di 07:00'), whyLanguageOf(code).words.next.at('Di 07:00'), whyLanguageOf(code).words.next.tried('14 Jan 23:00'), whyLanguageOf(code).words.why.acknowledgedAt('01:05'), whyLanguageOf(code).words.why.acknowledgedAt('14\u00a0h\u00a031'),
  ]
  expect(at('de')).toEqual(['Dieser Computer hatte von 14 Jan 23:00 bis 15 Jan 01:05 kein Netzwerk; was in dieser Zeit geschah, kann entgangen sein.', 'Jemand hat es am Di 07:00 bestätigt', 'Am Di 07:00', 'Wird erneut versucht, bis 14 Jan 23:00', 'Jemand hat es um 01:05 bestätigt', 'Jemand hat es um 14\u00a0h\u00a031 bestätigt'])
  expect(at('fr')).toEqual(['Cet ordinateur n’avait pas de réseau du 14 Jan 23:00 au 15 Jan 01:05\u202f; ce qui est arrivé alors a pu échapper.', 'Quelqu’un l’a acquitté le Di 07:00', 'Le Di 07:00', 'Nouvel essai, jusqu’au 14 Jan 23:00', 'Quelqu’un l’a acquitté à 01:05', 'Quelqu’un l’a acquitté à 14\u00a0h\u00a031'])
  expect(at('es')).toEqual(['Este equipo no tuvo red desde el 14 Jan 23:00 hasta el 15 Jan 01:05; lo que ocurrió entonces pudo pasar inadvertido.', 'Alguien lo confirmó el Di 07:00', 'El Di 07:00', 'Se intenta de nuevo, hasta el 14 Jan 23:00', 'Alguien lo confirmó a la 01:05', 'Alguien lo confirmó a las 14\u00a0h\u00a031'])
})

test('kinds whose events have no one name are named', () => {
  expect((['de', 'fr', 'es'] as const).map((code) => (['job.progress', 'job.milestone_time', 'message.display', 'server.event', 'job.done'] as const).map((type) => kindName(type, whyLanguageOf(code))))).toEqual([
    ['Fortschritt', 'Zeitmarke', 'Nachricht am Display', 'Ereignis des Servers', 'Druck fertig'],
    ['Progression', 'Étape de temps', 'Message de l’écran', 'Événement du serveur', 'Impression terminée'],
    ['Progreso', 'Hito de tiempo', 'Mensaje de la pantalla', 'Evento del servidor', 'Impresión terminada'],
  ])
})
