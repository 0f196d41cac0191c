import { describe, expect, test } from 'vitest'
import { anEvent, LAMP, NOON } from '../../../../test/support/rule-fixtures.ts'
import { EVENTS_TO_TELL, type Told } from '../../../../test/support/told-events.ts'
import { textOf } from '../../channels/email/letter.ts'
import { EVENT_TYPES, type EventType, type PrinterEvent } from '../../events/model.ts'
import { madeUp } from '../../rehearsal.ts'
import { render, renderCancelQuestion } from '../render.ts'
import { renderSummary } from '../summary.ts'
import type { LanguageCode } from './codes.ts'
import { languageOf } from './language.ts'

const GERMAN: Told = {
  'job.started': ['MK4: Druck gestartet', 'lamp-vase, 3~h~36~min'],
  'job.first_layer_done': ['MK4: erste Schicht fertig', 'lamp-vase, 3~%'],
  'job.layer': ['MK4: Schicht 12 erreicht', 'lamp-vase'],
  'job.progress': ['MK4: 50~% gedruckt', 'lamp-vase, 1~h'],
  'job.milestone_time': ['MK4: druckt seit 3~h~36~min', 'lamp-vase, 40~%'],
  'job.finishing_soon': ['MK4: fertig in 5~min', 'lamp-vase, 97~%'],
  'job.eta_slipped': ['MK4: dauert länger', 'Noch 1~h~30~min. lamp-vase.'],
  'job.stalled': ['MK4: nichts bewegt sich', 'Druckt, kommt aber nicht voran. Nach dem Drucker sehen. lamp-vase, 20~%.'],
  'job.paused by a person': ['MK4: pausiert', 'Von Hand pausiert bei 31~%. lamp-vase.'],
  'job.paused, nobody says why': ['MK4: pausiert', 'Pausiert bei 31~%. lamp-vase.'],
  'job.resumed': ['MK4: druckt weiter', 'lamp-vase, 31~%'],
  'job.done': ['MK4: Druck fertig', 'lamp-vase, 3~h~36~min'],
  'job.cancelled by a person': ['MK4: Druck abgebrochen', 'Von Hand abgebrochen bei 47~%. lamp-vase.'],
  'job.failed in the words of the printer': ['MK4: Druck fehlgeschlagen', 'Bed stopped heating (34~%). lamp-vase.'],
  'job.failed, server restarted': ['MK4: Druck fehlgeschlagen', 'Neustart des Servers während des Drucks. Drucker prüfen, dann neu drucken. lamp-vase.'],
  'job.failed, connection lost': ['MK4: Druck fehlgeschlagen', 'Verbindung zum Drucker verloren bei 34~%. Kabel und Stromversorgung prüfen. EOF.'],
  'job.failed without a cause': ['MK4: Druck fehlgeschlagen', 'Der Server nennt keine Ursache. lamp-vase.'],
  'job.failed or cancelled': ['MK4: Abbruch oder Fehler', 'Abbruch oder Fehler, der Server sagt nicht, was von beidem. Nach dem Drucker sehen.'],
  'job.result_unknown': ['MK4: Ergebnis unbekannt', 'Der Druck endete unbeobachtet. Nach dem Drucker sehen. lamp-vase.'],
  'job.result_unknown, the next began': ['MK4: Ergebnis unbekannt', 'Der nächste Druck läuft schon. Wie dieser endete, ist nicht bekannt. lamp-vase.'],
  'attention.filament_runout': ['MK4: Filament zu Ende', 'Filament laden, dann fortsetzen. lamp-vase, 62~%.'],
  'attention.filament_change': ['MK4: Filament wechseln', 'Filament wechseln, dann fortsetzen. lamp-vase, 62~%.'],
  'attention.user_input': ['MK4: braucht eine Antwort', 'Is the bed clean? Hier oder am Drucker antworten.'],
  'attention.door': ['MK4: Tür ist offen', 'Tür schließen, dann fortsetzen. lamp-vase, 62~%.'],
  'attention.plate': ['MK4: Druckplatte prüfen', 'Druckplatte prüfen, dann fortsetzen.'],
  'attention.cleared': ['MK4: braucht keine Hilfe mehr', 'lamp-vase, 62~%'],
  'attention.reminder': ['MK4: braucht noch immer Hilfe', 'Filament laden, dann fortsetzen. lamp-vase.'],
  'failure.warning': ['MK4: Druck misslingt vielleicht', 'Bild ansehen. Der Druck läuft weiter. lamp-vase.'],
  'failure.warning, paused': ['MK4: Druck misslingt vielleicht', 'Von der Fehlererkennung pausiert. Ansehen, dann fortsetzen oder abbrechen. lamp-vase.'],
  'failure.detected': ['MK4: Druck misslingt', 'Der Druck läuft noch. Ansehen, dann pausieren oder abbrechen. lamp-vase.'],
  'failure.detected, paused': ['MK4: Druck misslingt', 'Von der Fehlererkennung pausiert. Ansehen, dann abbrechen oder fortsetzen. lamp-vase.'],
  'heater.target_reached': ['MK4: Düse bei 215~°C', '215~°C'],
  'heater.cooled': ['MK4: Heizbett abgekühlt', '40~°C'],
  'heater.cooled, with a name of its own': ['MK4: dry_box abgekühlt', '40~°C'],
  'heater.left_on': ['MK4: Düse 1 noch an', 'Heiß, ohne dass gedruckt wird. Ausschalten.'],
  'heater.runaway': ['MK4: Heizung außer Kontrolle', 'Heating failed. Drucker ausschalten. Heizung und Thermistor prüfen.'],
  'device.ready': ['MK4: bereit', ''],
  'device.error': ['MK4: Druckerfehler', 'MINTEMP triggered. Nach dem Drucker sehen.'],
  'device.shutdown': ['MK4: Drucker hat angehalten', 'Die Firmware steht. Neu starten, sobald die Ursache behoben ist.'],
  'device.fault': ['MK4: Störung am Drucker', 'Fan stuck. Nach dem Drucker sehen.'],
  'link.up': ['MK4: antwortet wieder', ''],
  'link.lost during a print': ['MK4: antwortet nicht', 'Während eines Drucks verloren. Server und Netzwerk prüfen. lamp-vase.'],
  'link.lost while idle': ['MK4: antwortet nicht', 'Vielleicht ausgeschaltet.'],
  'link.auth_failed': ['MK4: Schlüssel abgelehnt', 'Der Server lehnt den Schlüssel ab, vielleicht dort gelöscht. Neu koppeln.'],
  'link.refused': ['MK4: Verbindung abgelehnt', 'Der Verbindungstest in den Einstellungen nennt die Ursache.'],
  'camera.lost': ['MK4: kein Bild', 'Die Kamera antwortet nicht. Kabel und Dienst prüfen.'],
  'camera.up': ['MK4: Kamera wieder da', ''],
  'message.display': ['MK4: Nachricht', 'Layer 4 of 60'],
  'message.user': ['MK4: Nachricht', 'Come and look'],
  'command.succeeded': ['MK4: wie gewünscht pausiert', ''],
  'command.failed': ['MK4: nicht abgebrochen', 'Nothing to cancel, the print is done.'],
  'command.acknowledged': ['MK4: bestätigt', 'Ich komme.'],
  'app.broadcast': ['Printbell: Nachricht', 'Um sechs ist Schluss'],
  'app.changed': ['Printbell: Einstellungen geändert', 'Drucker 2.'],
  'app.silence_over': ['Printbell: Stummschaltung vorbei', 'Was stumm war, braucht Sie noch.'],
  'app.delivery_failing': ['Printbell: Zustellung gestört', 'Ein Ziel nimmt keine Nachrichten an. Näheres steht im Fenster.'],
  'app.delivery_recovered': ['Printbell: Zustellung geht wieder', ''],
  'app.offline': ['Printbell: kein Netzwerk', 'Dieser Computer ist offline. Bis er zurück ist, sind die Drucker außer Sicht.'],
  'app.update_available': ['Printbell: Update verfügbar', ''],
  'app.test': ['Printbell: Testnachricht', '„Handy“ funktioniert: Das ist ein Test.'],
  'server.event': ['MK4: MovieDone', ''],
}

const FRENCH: Told = {
  'job.started': ['MK4~: impression lancée', 'lamp-vase, 3~h~36~min'],
  'job.first_layer_done': ['MK4~: première couche terminée', 'lamp-vase, 3~%'],
  'job.layer': ['MK4~: couche 12 atteinte', 'lamp-vase'],
  'job.progress': ['MK4~: impression à 50~%', 'lamp-vase, 1~h'],
  'job.milestone_time': ['MK4~: imprime depuis 3~h~36~min', 'lamp-vase, 40~%'],
  'job.finishing_soon': ['MK4~: fin dans 5~min', 'lamp-vase, 97~%'],
  'job.eta_slipped': ['MK4~: prend plus de temps', 'Encore 1~h~30~min. lamp-vase.'],
  'job.stalled': ['MK4~: plus rien ne bouge', "Impression en cours, mais sans progrès. Vérifier l'imprimante. lamp-vase, 20~%."],
  'job.paused by a person': ['MK4~: en pause', 'Par une personne à 31~%. lamp-vase.'],
  'job.paused, nobody says why': ['MK4~: en pause', 'En pause à 31~%. lamp-vase.'],
  'job.resumed': ['MK4~: impression reprise', 'lamp-vase, 31~%'],
  'job.done': ['MK4~: impression terminée', 'lamp-vase, 3~h~36~min'],
  'job.cancelled by a person': ['MK4~: impression annulée', 'Annulée par une personne à 47~%. lamp-vase.'],
  'job.failed in the words of the printer': ["MK4~: échec de l'impression", 'Bed stopped heating (34~%). lamp-vase.'],
  'job.failed, server restarted': ["MK4~: échec de l'impression", "Serveur redémarré en pleine impression. Vérifier l'imprimante, puis relancer. lamp-vase."],
  'job.failed, connection lost': ["MK4~: échec de l'impression", "Connexion à l'imprimante perdue à 34~%. Vérifier le câble et l'alimentation. EOF."],
  'job.failed without a cause': ["MK4~: échec de l'impression", "Le serveur n'indique pas de cause. lamp-vase."],
  'job.failed or cancelled': ['MK4~: annulation ou échec', "Annulation ou échec, le serveur ne précise pas. Vérifier l'imprimante. lamp-vase."],
  'job.result_unknown': ['MK4~: résultat inconnu', "Impression terminée hors de vue. Vérifier l'imprimante. lamp-vase."],
  'job.result_unknown, the next began': ['MK4~: résultat inconnu', "L'impression suivante a commencé. L'issue de celle-ci reste inconnue. lamp-vase."],
  'attention.filament_runout': ['MK4~: filament épuisé', 'Charger du filament, puis reprendre. lamp-vase, 62~%.'],
  'attention.filament_change': ['MK4~: changer le filament', 'Changer le filament, puis reprendre. lamp-vase, 62~%.'],
  'attention.user_input': ['MK4~: attend une réponse', "Is the bed clean? Répondre ici ou sur l'imprimante."],
  'attention.door': ['MK4~: porte ouverte', 'Fermer la porte, puis reprendre. lamp-vase, 62~%.'],
  'attention.plate': ['MK4~: vérifier la plaque', "Vérifier la plaque d'impression, puis reprendre."],
  'attention.cleared': ["MK4~: n'a plus besoin d'aide", 'lamp-vase, 62~%'],
  'attention.reminder': ["MK4~: a toujours besoin d'aide", 'Charger du filament, puis reprendre. lamp-vase.'],
  'failure.warning': ["MK4~: échec d'impression possible", "Regarder l'image. L'impression continue. lamp-vase."],
  'failure.warning, paused': ["MK4~: échec d'impression possible", "Mise en pause par la détection d'échec. Vérifier, puis reprendre ou annuler. lamp-vase."],
  'failure.detected': ["MK4~: l'impression échoue", "L'impression continue. Vérifier, puis mettre en pause ou annuler. lamp-vase."],
  'failure.detected, paused': ["MK4~: l'impression échoue", "Mise en pause par la détection d'échec. Vérifier, puis annuler ou reprendre. lamp-vase."],
  'heater.target_reached': ['MK4~: la buse est à 215~°C', '215~°C'],
  'heater.cooled': ['MK4~: le plateau a refroidi', '40~°C'],
  'heater.cooled, with a name of its own': ['MK4~: dry_box a refroidi', '40~°C'],
  'heater.left_on': ['MK4~: la buse 1 chauffe encore', "Chauffe sans qu'on imprime. À éteindre."],
  'heater.runaway': ['MK4~: chauffage hors de contrôle', "Heating failed. Éteindre l'imprimante. Vérifier le chauffage et la thermistance."],
  'device.ready': ['MK4~: prête', ''],
  'device.error': ["MK4~: erreur de l'imprimante", "MINTEMP triggered. Vérifier l'imprimante."],
  'device.shutdown': ['MK4~: imprimante arrêtée', "Son firmware s'est arrêté. Le redémarrer une fois la cause éliminée."],
  'device.fault': ["MK4~: défaut de l'imprimante", "Fan stuck. Vérifier l'imprimante."],
  'link.up': ['MK4~: répond de nouveau', ''],
  'link.lost during a print': ['MK4~: ne répond pas', 'Connexion perdue en pleine impression. Vérifier le serveur et son réseau. lamp-vase.'],
  'link.lost while idle': ['MK4~: ne répond pas', 'Peut-être éteinte.'],
  'link.auth_failed': ['MK4~: clé refusée', "Le serveur refuse la clé, peut-être supprimée là-bas. Refaire l'association."],
  'link.refused': ['MK4~: connexion refusée', 'Le test de connexion, dans les réglages, indique la cause.'],
  'camera.lost': ["MK4~: pas d'image", 'La caméra ne répond pas. Vérifier son câble et son service.'],
  'camera.up': ['MK4~: caméra de retour', ''],
  'message.display': ['MK4~: message', 'Layer 4 of 60'],
  'message.user': ['MK4~: message', 'Come and look'],
  'command.succeeded': ['MK4~: mise en pause effectuée', ''],
  'command.failed': ['MK4~: annulation non effectuée', 'Nothing to cancel, the print is done.'],
  'command.acknowledged': ['MK4~: acquitté', 'Ich komme.'],
  'app.broadcast': ['Printbell~: message', 'Um sechs ist Schluss'],
  'app.changed': ['Printbell~: réglages modifiés', 'Drucker 2.'],
  'app.silence_over': ['Printbell~: fin du silence', 'Ce qui était muet attend encore.'],
  'app.delivery_failing': ['Printbell~: envois en échec', "Une destination n'accepte pas de messages. Détails dans la fenêtre."],
  'app.delivery_recovered': ['Printbell~: envois rétablis', ''],
  'app.offline': ['Printbell~: pas de réseau', "Cet ordinateur est hors ligne. D'ici son retour, les imprimantes sont hors de vue."],
  'app.update_available': ['Printbell~: mise à jour disponible', ''],
  'app.test': ['Printbell~: message de test', '«~Handy~» fonctionne~: ceci est un test.'],
  'server.event': ['MK4~: MovieDone', ''],
}

const SPANISH: Told = {
  'job.started': ['MK4: impresión iniciada', 'lamp-vase, 3~h~36~min'],
  'job.first_layer_done': ['MK4: primera capa terminada', 'lamp-vase, 3~%'],
  'job.layer': ['MK4: capa 12 alcanzada', 'lamp-vase'],
  'job.progress': ['MK4: 50~% impreso', 'lamp-vase, 1~h'],
  'job.milestone_time': ['MK4: lleva 3~h~36~min imprimiendo', 'lamp-vase, 40~%'],
  'job.finishing_soon': ['MK4: termina en 5~min', 'lamp-vase, 97~%'],
  'job.eta_slipped': ['MK4: tarda más', 'Tiempo restante: 1~h~30~min. lamp-vase.'],
  'job.stalled': ['MK4: nada se mueve', 'Imprime, pero no avanza. Revisar la impresora. lamp-vase, 20~%.'],
  'job.paused by a person': ['MK4: en pausa', 'Por una persona al 31~%. lamp-vase.'],
  'job.paused, nobody says why': ['MK4: en pausa', 'En pausa al 31~%. lamp-vase.'],
  'job.resumed': ['MK4: impresión reanudada', 'lamp-vase, 31~%'],
  'job.done': ['MK4: impresión terminada', 'lamp-vase, 3~h~36~min'],
  'job.cancelled by a person': ['MK4: impresión cancelada', 'Cancelada por una persona al 47~%. lamp-vase.'],
  'job.failed in the words of the printer': ['MK4: impresión fallida', 'Bed stopped heating (34~%). lamp-vase.'],
  'job.failed, server restarted': ['MK4: impresión fallida', 'El servidor se reinició durante la impresión. Revisar la impresora y reimprimir.'],
  'job.failed, connection lost': ['MK4: impresión fallida', 'Se perdió la conexión con la impresora al 34~%. Revisar el cable y la alimentación. EOF.'],
  'job.failed without a cause': ['MK4: impresión fallida', 'El servidor no indica la causa. lamp-vase.'],
  'job.failed or cancelled': ['MK4: cancelada o fallida', 'Cancelada o fallida, el servidor no lo aclara. Revisar la impresora. lamp-vase.'],
  'job.result_unknown': ['MK4: resultado desconocido', 'La impresión terminó sin que se viera. Revisar la impresora. lamp-vase.'],
  'job.result_unknown, the next began': ['MK4: resultado desconocido', 'Empezó la siguiente impresión. No se sabe cómo terminó esta. lamp-vase.'],
  'attention.filament_runout': ['MK4: filamento agotado', 'Cargar filamento y reanudar. lamp-vase, 62~%.'],
  'attention.filament_change': ['MK4: cambiar el filamento', 'Cambiar el filamento y reanudar. lamp-vase, 62~%.'],
  'attention.user_input': ['MK4: espera una respuesta', 'Is the bed clean? Responder aquí o en la impresora.'],
  'attention.door': ['MK4: puerta abierta', 'Cerrar la puerta y reanudar. lamp-vase, 62~%.'],
  'attention.plate': ['MK4: revisar la placa', 'Revisar la placa de impresión y reanudar.'],
  'attention.cleared': ['MK4: ya no necesita ayuda', 'lamp-vase, 62~%'],
  'attention.reminder': ['MK4: sigue necesitando ayuda', 'Cargar filamento y reanudar. lamp-vase.'],
  'failure.warning': ['MK4: posible fallo de impresión', 'Mirar la imagen. La impresión continúa. lamp-vase.'],
  'failure.warning, paused': ['MK4: posible fallo de impresión', 'Pausada por la detección de fallos. Revisar; después, reanudar o cancelar. lamp-vase.'],
  'failure.detected': ['MK4: la impresión está fallando', 'Sigue imprimiendo. Revisar; después, pausar o cancelar. lamp-vase.'],
  'failure.detected, paused': ['MK4: la impresión está fallando', 'Pausada por la detección de fallos. Revisar; después, cancelar o reanudar. lamp-vase.'],
  'heater.target_reached': ['MK4: la boquilla está a 215~°C', '215~°C'],
  'heater.cooled': ['MK4: la cama se ha enfriado', '40~°C'],
  'heater.cooled, with a name of its own': ['MK4: dry_box se ha enfriado', '40~°C'],
  'heater.left_on': ['MK4: la boquilla 1 sigue calentando', 'Calienta sin imprimir. Apagar.'],
  'heater.runaway': ['MK4: calentador fuera de control', 'Heating failed. Apagar la impresora. Revisar el calentador y el termistor.'],
  'device.ready': ['MK4: lista', ''],
  'device.error': ['MK4: error de la impresora', 'MINTEMP triggered. Revisar la impresora.'],
  'device.shutdown': ['MK4: impresora detenida', 'Su firmware se detuvo. Reiniciarlo cuando la causa esté resuelta.'],
  'device.fault': ['MK4: avería de la impresora', 'Fan stuck. Revisar la impresora.'],
  'link.up': ['MK4: responde de nuevo', ''],
  'link.lost during a print': ['MK4: no responde', 'Se perdió durante una impresión. Revisar el servidor y su red. lamp-vase.'],
  'link.lost while idle': ['MK4: no responde', 'Puede que esté apagada.'],
  'link.auth_failed': ['MK4: clave rechazada', 'El servidor rechaza la clave, quizá borrada allí. Vincular de nuevo.'],
  'link.refused': ['MK4: conexión rechazada', 'La prueba de conexión, en los ajustes, indica la causa.'],
  'camera.lost': ['MK4: sin imagen', 'La cámara no responde. Revisar su cable y su servicio.'],
  'camera.up': ['MK4: la cámara ha vuelto', ''],
  'message.display': ['MK4: mensaje', 'Layer 4 of 60'],
  'message.user': ['MK4: mensaje', 'Come and look'],
  'command.succeeded': ['MK4: pausada como se pidió', ''],
  'command.failed': ['MK4: no se canceló', 'Nothing to cancel, the print is done.'],
  'command.acknowledged': ['MK4: confirmado', 'Ich komme.'],
  'app.broadcast': ['Printbell: mensaje', 'Um sechs ist Schluss'],
  'app.changed': ['Printbell: ajustes cambiados', 'Drucker 2.'],
  'app.silence_over': ['Printbell: fin del silencio', 'Lo silenciado aún le necesita.'],
  'app.delivery_failing': ['Printbell: fallan los envíos', 'Un destino no acepta mensajes. Detalles en la ventana.'],
  'app.delivery_recovered': ['Printbell: envíos restablecidos', ''],
  'app.offline': ['Printbell: sin red', 'Este equipo está sin conexión. Hasta que vuelva, no se ven las impresoras.'],
  'app.update_available': ['Printbell: actualización disponible', ''],
  'app.test': ['Printbell: mensaje de prueba', '«Handy» funciona: esto es una prueba.'],
  'server.event': ['MK4: MovieDone', ''],
}

const whole = (text: string): string => text.replaceAll('~', '\u00a0')
const CASES = Object.entries(EVENTS_TO_TELL) as unknown as [keyof Told, [EventType, Partial<PrinterEvent>]][]

describe.each<[string, LanguageCode, Told]>([['German', 'de', GERMAN], ['French', 'fr', FRENCH], ['Spanish', 'es', SPANISH]])('in %s', (_name, code, told) => {
  const context = { now: NOON, capabilities: null, timeZone: 'UTC', language: languageOf(code) }

  test.each(CASES)('%s', (name, [type, over]) => {
    const { title, body, language } = render(anEvent(type, { printerName: 'MK4', ...over }), context)
    expect([title, body]).toEqual(told[name].map(whole))
    expect(language).toBe(code)
  })
})

test('every type is told', () => {
  expect([...new Set(CASES.map(([, [type]]) => type))].sort()).toEqual([...EVENT_TYPES].sort())
})

describe('what happened a while ago', () => {
  const earlier = Date.UTC(2026, 0, 15, 11, 31)
  const yesterday = Date.UTC(2026, 0, 14, 23, 5)
  const atOne = Date.UTC(2026, 0, 15, 1, 5)

  test.each<[LanguageCode, number, string, string, string]>([
    ['de', earlier, 'Ende um 11:31, in Abwesenheit von Printbell. lamp-vase.', 'Um 11:31, in Abwesenheit von Printbell.', 'Um 11:31: lamp-vase, 62~%'],
    ['de', yesterday, 'Ende am 14. Jan. um 23:05, in Abwesenheit von Printbell. lamp-vase.', 'Am 14. Jan. um 23:05, in Abwesenheit von Printbell.', 'Am 14. Jan. um 23:05: lamp-vase, 62~%'],
    ['fr', earlier, "Fin à 11:31, en l'absence de Printbell. lamp-vase.", "À 11:31, en l'absence de Printbell.", 'À 11:31~: lamp-vase, 62~%'],
    ['fr', yesterday, "Fin le 14 janv. à 23:05, en l'absence de Printbell. lamp-vase.", "Le 14 janv. à 23:05, en l'absence de Printbell.", 'Le 14 janv. à 23:05~: lamp-vase, 62~%'],
    ['es', earlier, 'Terminó a las 11:31, en ausencia de Printbell. lamp-vase.', 'A las 11:31, en ausencia de Printbell.', 'A las 11:31: lamp-vase, 62~%'],
    ['es', yesterday, 'Terminó el 14 ene a las 23:05, en ausencia de Printbell. lamp-vase.', 'El 14 ene a las 23:05, en ausencia de Printbell.', 'El 14 ene a las 23:05: lamp-vase, 62~%'],
    ['es', atOne, 'Terminó a la 01:05, en ausencia de Printbell. lamp-vase.', 'A la 01:05, en ausencia de Printbell.', 'A la 01:05: lamp-vase, 62~%'],
  ])('says when, in %s', (code, occurredAt, ended, found, sentLate) => {
    const context = { now: NOON, capabilities: null, timeZone: 'UTC', language: languageOf(code) }
    expect(render(anEvent('job.done', { job: LAMP, late: true, occurredAt }), context).body).toBe(whole(ended))
    expect(render(anEvent('link.up', { late: true, occurredAt }), context).body).toBe(whole(found))
    expect(render(anEvent('job.resumed', { job: LAMP, progress: 0.62, occurredAt }), { ...context, late: true }).body).toBe(whole(sentLate))
  })
})

test.each<[LanguageCode, string, string[]]>([
  ['de', 'Druck abbrechen?|lamp-vase, 47~%. Fortsetzen ist danach nicht möglich.', ['Weiterdrucken', 'Druck abbrechen']],
  ['fr', "annuler l'impression~?|lamp-vase, 47~%. Elle ne pourra pas être reprise.", ['Continuer', 'Oui, annuler']],
  ['es', '¿cancelar la impresión?|lamp-vase, 47~%. No se podrá reanudar.', ['Continuar', 'Sí, cancelar']],
])('a cancel asks back in %s', (code, said, labels) => {
  const message = renderCancelQuestion(anEvent('job.paused', { printerName: '', job: LAMP }), 0.47, languageOf(code))
  expect(`${message.title.replace(/^Printbell\u00a0?: /, '')}|${message.body}`).toBe(whole(said))
  expect(message.actions.map(({ label }) => label)).toEqual(labels)
})

test.each<[LanguageCode, string, string]>([
  ['de', '6 Ereignisse während der Abwesenheit', 'MK4: Filament zu Ende.\nFehlgeschlagen: Ender.\nFertig: A, B und 2 weitere.'],
  ['fr', "6 événements pendant l'absence", 'MK4~: filament épuisé.\nÉchec~: Ender.\nTerminé~: A, B et 2 autres.'],
  ['es', '6 eventos durante la ausencia', 'MK4: filamento agotado.\nFallido: Ender.\nTerminado: A, B y 2 más.'],
])('a summary is told in %s', (code, title, body) => {
  const done = (printerName: string): PrinterEvent => anEvent('job.done', { id: printerName, printerName })
  const events = [done('A'), done('B'), done('C'), done('D'), anEvent('job.failed', { printerName: 'Ender' }), anEvent('attention.filament_runout', { printerName: 'MK4' })]
  const message = renderSummary(events, languageOf(code))
  expect([message.title, message.body, message.language]).toEqual([title, whole(body), code])
})

describe('what the engine itself says with an event', () => {
  const mk4 = { id: 'mk4', name: 'MK4' }

  test.each<[LanguageCode, string, string, string]>([
    ['en', 'This is a rehearsal: nothing happened to the printer.', '5 more events within a minute were held back', '1 more events within a minute were held back'],
    ['de', 'Das ist eine Probe: Am Drucker ist nichts geschehen.', '5 weitere Ereignisse innerhalb einer Minute wurden zurückgehalten', '1 weiteres Ereignis innerhalb einer Minute wurde zurückgehalten'],
    ['fr', "Ceci est un essai~: rien n'est arrivé à l'imprimante.", '5 autres événements en une minute ont été retenus', '1 autre événement en une minute a été retenu'],
    ['es', 'Esto es un ensayo: a la impresora no le ha pasado nada.', 'Se retuvieron 5 eventos más en un minuto', 'Se retuvo 1 evento más en un minuto'],
  ])('is said in %s, and a mail does not say it twice', (code, rehearsal, five, one) => {
    const context = { now: NOON, capabilities: null, timeZone: 'UTC', language: languageOf(code) }
    const played = { ...madeUp('device.error', { id: 'A', now: NOON, printer: mk4, serverKind: 'octoprint' }), id: 'A', seq: 1 }
    const message = render(played, context)
    expect(message.body.startsWith(whole(rehearsal))).toBe(true)
    expect(textOf({ message, label: 'L' }).split(whole(rehearsal))).toHaveLength(2)
    expect(textOf({ message, label: 'L' }).includes('This is a rehearsal')).toBe(code === 'en')
    const held = (count: number): string => render(anEvent('message.user', { reason: 'cap_summary', text: `${count} more events within a minute were held back`, context: { count, types: {} } }), context).body
    expect([held(5), held(1)]).toEqual([five, one])
  })

  test('and what a person says in the same words stays as it is', () => {
    const context = { now: NOON, capabilities: null, timeZone: 'UTC', language: languageOf('de') }
    expect(render(anEvent('message.user', { text: 'This is a rehearsal: nothing happened to the printer.' }), context).body).toBe('This is a rehearsal: nothing happened to the printer.')
  })
})
