/** German, without address ("du", "Sie"). Things are called as in the window (renderer/locales/de) and in the messages. */
import { plural } from '../../delivery/languages/format.ts'
import { isClock, listed, type SaidProfile, type Span, type WhyWords } from './english.ts'

/** "um 12:01", "am 14. Jan. 12:01". */
const at = (time: string): string => (isClock(time) ? `um ${time}` : `am ${time}`)

const span = ({ from, to }: Span): string => (to === null ? `seit ${from}` : `von ${from} bis ${to}`)
const missed = (what: string, cure?: string): string => `${what}; was in dieser Zeit geschah, kann entgangen sein${cure === undefined ? '' : `. ${cure}`}`

const printerAsSubject = (printer: string): string => (printer === '' ? 'Der Drucker' : `„${printer}“`)

function profileAsSubject(profile: SaidProfile): string {
  if (profile === null) return 'Das Profil'
  return profile.name === null ? 'Ein Profil, das es nicht mehr gibt,' : `Das Profil „${profile.name}“`
}

/** Made when it is first needed. */
export const german = (): WhyWords => {
  const filterSays = {
    empty: 'sagt nichts und trifft daher nichts', printers: 'ist für andere Drucker', serverKinds: 'ist für andere Arten von Servern', tags: 'ist für Drucker mit anderen Schlagwörtern', minSeverity: 'ist für schwerere Ereignisse',
    events: 'ist für andere Arten von Ereignissen', files: 'ist für andere Dateien', longerThan: 'ist für längere Drucke', shorterThan: 'ist für kürzere Drucke', acknowledged: 'fragt, ob es bestätigt wurde',
  }
  const made: Readonly<Record<string, string>> = {
    window: 'im Fenster gesetzt', cli: 'von der Befehlszeile gesetzt', toast: 'aus einer Einblendung gesetzt', tray: 'im Infobereich gesetzt', chat: 'in einem Chat gesetzt', hook: 'von einem Hook gesetzt',
  }
  return {
    stages: {
      enabled: 'Ziel', masked: 'Ausgeblendet', subscribed: 'Auswahl', profile: 'Profil', filtered: 'Filter', timeslot: 'Zeitfenster', mode: 'Modus', presence: 'Anwesenheit', supported: 'Kanal', own: 'Selbst getan', silenced: 'Stumm', grouped: 'Häufung', relevant: 'Noch aktuell', deliver: 'Entscheidung', escalation: 'Eskalation', superseded: 'Überholt', discarded: 'Von Hand',
    },
    passed: {
      profile: (profile) => `„${profile}“ ist aktiv`,
      filtered: (profile) => `Nichts in „${profile}“ spricht dagegen`,
      timeslot: (profile) => `„${profile}“ meldet zu dieser Zeit`,
      subscribed: (event) => `„${event}“ ist an`,
      supported: (destination) => `„${destination}“ kann es übermitteln`,
      silenced: 'Keine Stummschaltung trifft es',
    },
    reasons: {
      subscribed: ({ destination }) => `Geht an „${destination}“`,
      late: ({ destination }) => `Geht an „${destination}“, obwohl es spät erfahren wurde`,
      not_subscribed: ({ event, destination }) => `„${event}“ ist für „${destination}“ aus`,
      switched_off: ({ event, destination }) => `Ein Abonnement schaltet „${event}“ für „${destination}“ aus`,
      idle_link: ({ printer }) => `${printerAsSubject(printer)} druckte nicht, und dass ein Drucker ohne Druck kommt und geht, wird nur auf Wunsch gemeldet`,
      no_job: ({ printer }) => `${printerAsSubject(printer)} druckte nicht, und ohne Druck geht dies nur an diesen Computer`,
      not_supported: ({ destination }) => `„${destination}“ kann diese Art von Ereignis nicht übermitteln`,
      masked: () => 'Ereignisse dieser Art werden niemandem gemeldet',
      watched: ({ printer }) => `${printer === '' ? 'Dieser Drucker' : `„${printer}“`} wird verfolgt`,
      channel_missing: ({ destination }) => `Diesem Printbell fehlt der Kanal, den „${destination}“ braucht`,
      about_itself: ({ destination }) => `„${destination}“ ist gestört und kann das nicht selbst melden; die anderen tun es`,
      own_recovery: ({ destination }) => `„${destination}“ geht wieder, was sich dort von selbst zeigt`,
      newer_progress: () => 'Neuerer Fortschritt desselben Drucks kam, bevor es gesendet werden konnte',
      discarded: () => 'Jemand hat es verworfen, nachdem es nicht zugestellt werden konnte',
      chosen: ({ destination }) => `Geht an „${destination}“, wie gewählt`,
      not_chosen: ({ destination }) => `„${destination}“ wurde dafür nicht gewählt`,
      told_nobody: () => 'Beim Bestätigen wurde gewählt, niemanden zu benachrichtigen',
      destination_off: ({ destination }) => `„${destination}“ ist ausgeschaltet`,
      own_action: () => 'Es geschah von Printbell aus, und eigenes Tun wird nur auf Wunsch gemeldet',
      destination_removed: ({ destination }) => `„${destination}“ wurde inzwischen entfernt`,
      destination_disabled: ({ destination }) => `„${destination}“ wurde inzwischen ausgeschaltet`,
      restored_from_backup: () => 'Es wartete noch in der Sicherung, die wiederhergestellt wurde, und Altes wird nicht noch einmal gesendet',
      acknowledged: () => 'Jemand hat es inzwischen bestätigt',
      job_ended: () => 'Der Druck endete inzwischen',
      resolved: () => 'Es war vorbei, bevor es gemeldet werden konnte',
      seen: () => 'Jemand hat es inzwischen gesehen',
      profile_off: (_said, profile) => `${profileAsSubject(profile)} ist ausgeschaltet`,
      profile_paused: (_said, profile) => `${profileAsSubject(profile)} ruht für eine Weile`,
      outside_timeslot: () => 'Es geschah außerhalb des Zeitfensters',
      timeslot_closed: () => 'Das Zeitfenster ist geschlossen',
      timeslot_never_opens: () => 'Das Zeitfenster öffnet nie',
      critical_passes: ({ destination }) => `Geht außerhalb des Zeitfensters an „${destination}“, weil es kritisch ist`,
      in_app: () => 'Es ist nur für den Verlauf',
      somebody_here: ({ destination }) => `Jemand saß an diesem Computer, und „${destination}“ erfährt es, solange niemand da ist`,
      nobody_here: ({ destination }) => `Niemand saß an diesem Computer, und „${destination}“ erfährt es, solange jemand da ist`,
      digest: ({ destination }) => `„${destination}“ bekommt es gesammelt`,
      host_down: ({ printer }) => `${printerAsSubject(printer)} war selbst nicht erreichbar, das fehlende Bild ist also nichts Neues`,
    },
    byProfile: (reason, name) => `${reason} (${name === null ? 'ein Profil, das es nicht mehr gibt' : `Profil „${name}“`})`,
    byFollowing: (reason) => `${reason} (der Drucker wird verfolgt)`,
    silence: (name, over, by) => `${name === '' ? 'Eine Stummschaltung' : `„${name}“`} ${over ? 'schaltete' : 'schaltet'} es stumm, ${Object.hasOwn(made, by) ? made[by] ?? '' : `gesetzt von ${by}`}`,
    silenceGone: 'Eine Stummschaltung, die nicht mehr bekannt ist, schaltete es stumm',
    burst: 'Kurz zuvor wurde dasselbe von einem anderen Drucker gemeldet, daher geht es mit dem, was noch kommt, in einer Nachricht hinaus',
    host: 'Der Server wird in einer einzigen Nachricht gemeldet, für alle seine Drucker',
    escalation: (destination) => `„${destination}“ erfährt es, wenn es bis dahin niemand bestätigt`,
    filter: (name, field) => `${name === null ? 'Ein Filter, den es nicht mehr gibt,' : `Der Filter „${name}“`} ${field === null ? 'trifft nicht zu' : filterSays[field]}`,
    noReason: 'Es wurde kein Grund notiert',
    heldUntil: (reason, time) => `${reason}: zurückgehalten bis ${time}`,
    gathered: (reason) => `${reason}: kommt in die nächste Sammelnachricht`,

    next: {
      next: 'Danach',
      now: 'Jetzt',
      at: (time) => (isClock(time) ? `Um ${time}` : `Am ${time}`),
      released: 'Wird erneut beurteilt, sobald es freigegeben wird',
      judged: 'Wird erneut beurteilt und weggelassen, wenn es nicht mehr gilt',
      turn: 'Wird gesendet, sobald es an der Reihe ist',
      tried: (until) => `Wird erneut versucht, bis ${until}`,
      leased: 'Wird gesendet',
      dead: 'Es wird nichts mehr versucht; es lässt sich von Hand erneut senden',
      expired: 'Zu alt, um von selbst gesendet zu werden; es lässt sich von Hand erneut senden',
      cancelled: 'Es wird nichts mehr gesendet',
    },
    attempts: { delivered: 'Zugestellt', retry: 'Nicht zugestellt, wird erneut versucht', rejected: 'Abgelehnt', gone: 'Das Ziel ist endgültig geschlossen', expired: 'Nicht rechtzeitig zugestellt', cancelled: 'Zurückgezogen' },

    swallowed: {
      baseline: 'es war schon so, als Printbell zum ersten Mal nachsah',
      short_pause: 'die Pause war zu kurz, um zu zählen',
      repeated_error: 'derselbe Fehler wurde kurz zuvor gemeldet',
      collapsed_progress: 'ein späterer Schritt des Fortschritts wurde an seiner Stelle gemeldet',
      already_heard: 'es wurde schon gemeldet',
      duplicate: 'es steht schon im Verlauf',
      cap: 'zu viele Nachrichten kamen innerhalb einer Minute; eine Zusammenfassung meldet sie',
      idle_link: 'es lief kein Druck, und die Verbindung war bald wieder da',
      not_subscribed: 'nichts in den Einstellungen verlangt es',
      by_restart: 'derselbe Druck wurde neu begonnen',
      own_network_down: 'dieser Computer hatte selbst kein Netzwerk',
      same_job: 'es gehört zu dem, was von diesem Druck schon gemeldet wurde',
      no_job: 'es lief kein Druck, der misslingen konnte',
      failure_too_soon: 'ein Alarm der Fehlererkennung wurde zu diesem Druck eben erst gemeldet',
      failure_unanswered: 'auf den Alarm der Fehlererkennung davor hatte niemand geantwortet',
      failure_answered: 'auf den Alarm der Fehlererkennung davor hatte eben jemand geantwortet',
    },
    notTold: (title, because) => `${title}: nicht gemeldet, denn ${because}`,

    why: {
      seen: (title, printer, time, foundOut) => `„${title}“${printer === null ? '' : ` von „${printer}“`} wurde ${at(time)} gesehen${foundOut === null ? '' : `, aber erst ${at(foundOut)} erfahren`}`,
      acknowledgedAt: (time) => `Jemand hat es ${at(time)} bestätigt`,
      seenSince: (time) => `Es ist seit ${time} als gesehen markiert`,
      noDestination: 'Es gibt kein Ziel, das es hätte melden können. Unter „Ziele“ eines hinzufügen',
      summary: (all, { delivered, waiting, failed, dropped }) => `${all.shown} Ziele: ${listed([
        delivered && `${delivered.shown} ${plural(delivered, { one: 'bekam', other: 'bekamen' })} es`,
        waiting && `${waiting.shown} ${plural(waiting, { one: 'soll', other: 'sollen' })} es noch bekommen`,
        failed && `${failed.shown} ${plural(failed, { one: 'sollte es bekommen und bekam', other: 'sollten es bekommen und bekamen' })} es nicht`,
        dropped && `${dropped.shown} ${plural(dropped, { one: 'erfuhr', other: 'erfuhren' })} nichts davon`,
      ])}`,
      nothingSeen: (kind, printer, time) => `„${kind}“ von „${printer}“ wurde gegen ${time} nicht gesehen, und nichts dergleichen wurde weggelassen`,
      nothingHappened: 'Printbell sah die ganze Zeit nach, für Printbell geschah also nichts dieser Art',
      stillToCome: 'Diese Zeit kommt erst noch. Nach einer fragen, die vorbei ist',
      noPrinter: (id) => `In den Einstellungen gibt es keinen Drucker „${id}“, also sieht niemand nach ihm. Unter „Drucker“ hinzufügen`,
      printerOff: (name) => `„${name}“ ist in den Einstellungen ausgeschaltet, also sieht niemand danach. Unter „Drucker“ einschalten`,
      swallowed: (title, printer, time, because, setting) => `„${title}“${printer === null ? '' : ` von „${printer}“`} wurde ${at(time)} bemerkt und nicht gemeldet, denn ${because}${setting === null ? '' : `. Darüber entscheidet die Einstellung ${setting}`}`,
      nobodyAsks: (kind) => `Kein Ziel verlangt „${kind}“, also wird auch der Server des Druckers nicht danach gefragt. Für ein Ziel wählen`,
      kindOff: (kind, setting) => `„${kind}“ ist ausgeschaltet. Die Einstellung ${setting} schaltet es ein`,
      notKept: (days) => `Der Verlauf reicht ${plural(days, { one: `${days.shown} Tag`, other: `${days.shown} Tage` })} zurück, und das ist länger her. Die Einstellung retention.eventDays behält mehr`,
      absent: {
        not_running: (when) => missed(`Printbell lief ${span(when)} nicht`, 'Bei der Anmeldung starten lassen'),
        sleep: (when) => missed(`Dieser Computer schlief ${span(when)}`, 'Den Computer wach halten, solange ein Drucker druckt'),
        stopped: (when) => missed(`Printbell stand ${span(when)} still`),
        clock: (when) => missed(`Die Uhr dieses Computers wurde ${span(when)} verstellt`),
        own_network: (when) => missed(`Dieser Computer hatte ${span(when)} kein Netzwerk`),
        unknown: (when) => missed(`Niemand sah ${span(when)} nach`),
      },
      unreachable: (printer, when, cause) => missed(`Der Server von „${printer}“ war ${span(when)} nicht erreichbar${cause === null ? '' : ` (${cause})`}`, when.to === null ? 'Die Verbindung testen: Der Test nennt die Ursache' : undefined),
    },

    fate: {
      leased: (to) => `Es wird gerade an „${to}“ gesendet`,
      onItsWay: (to) => `Es ist unterwegs zu „${to}“ und wurde noch nicht gesendet`,
      notTaken: (to, time) => `„${to}“ hat es${time === null ? '' : ` ${at(time)}`} nicht angenommen`,
      mendAndSend: 'Das beheben, dann aus dem Verlauf erneut senden',
      tooOld: (to, until) => `Es konnte bis ${until} nicht an „${to}“ zugestellt werden, und dann war es zu alt`,
      sendAgain: 'Es lässt sich aus dem Verlauf erneut senden',
      takenBack: (to) => `Es wurde zurückgezogen, bevor es „${to}“ erreichte`,
      notThere: (to) => `„${to}“ gab es noch nicht, oder es war ausgeschaltet; dafür wurde also nichts entschieden`,
      switchOn: 'Unter „Ziele“ einschalten',
      notTold: (to) => `„${to}“ erfuhr nichts davon`,
      delivered: (to, time, by) => `Es wurde${time === null ? '' : ` ${at(time)}`} an „${to}“ zugestellt${by === null ? '' : ` (${by})`}, also dort nachsehen`,
      waited: (reason) => `Es wartete auf seine Zeit. ${reason}`,
      tries: (count) => `Es brauchte ${count.shown} Versuche`,
      held: (to, until) => `Es wird für „${to}“ zurückgehalten${until === null ? '' : `, bis ${until}`}`,
      judgedAgain: 'Dann wird es noch einmal beurteilt und weggelassen, wenn es nicht mehr gilt',
      notYet: (to, tries) => `Es wurde${tries === null ? '' : ` nach ${plural(tries, { one: `${tries.shown} Versuch`, other: `${tries.shown} Versuchen` })}`} noch nicht an „${to}“ zugestellt`,
      triedUntil: (time) => `Es wird bis ${time} versucht`,
      testIt: 'Das Ziel testen: Der Test nennt die Ursache',
      fails: (to, gone, since, why) => (gone ? `„${to}“ nimmt seit ${since} nichts an: ${why}` : `„${to}“ ist seit ${since} gestört: ${why}`),
      cures: {
        not_subscribed: 'Es für dieses Ziel wählen, oder in einem Profil, das dieses Ziel erreicht',
        switched_off: 'Dieses Abonnement ändern, oder den Modus des Profils',
        idle_link: 'Diese Art für dieses Ziel von Hand wählen, um sie auch von einem Drucker ohne Druck zu hören',
        no_job: 'Diese Art für dieses Ziel von Hand wählen, um sie auch ohne Druck zu hören',
        channel_missing: 'Das Plugin erlauben oder neu installieren, das ihn mitbringt',
        own_action: '„Auch melden, was ich selbst tat“ (notifyMyself) einschalten, um auch das zu hören',
        profile_off: 'Das Profil einschalten',
        profile_paused: 'Die Ruhe des Profils beenden',
        outside_timeslot: 'Das Zeitfenster weiten, oder im Profil zurückhalten, was zu anderen Zeiten geschieht',
        timeslot_never_opens: 'Dem Zeitfenster eine Zeit geben',
        in_app: 'Im Profil „Sofort“ wählen, um es gemeldet zu bekommen',
      },
      cureFilter: 'Den Filter ändern, oder das Profil, das ihn benutzt',
      cureSilence: 'Die Stummschaltung aufheben, um es wieder gemeldet zu bekommen',
    },

    kinds: { 'job.progress': 'Fortschritt', 'job.milestone_time': 'Zeitmarke', 'message.display': 'Nachricht am Display', 'server.event': 'Ereignis des Servers' },
    reachesNobody: 'Das Profil erreicht kein Ziel, das eingeschaltet ist',
    broadcast: {
      waits: 'Es wartet noch. Der Verlauf sagt, was daraus wird.',
      delivered: 'Zugestellt.',
      notYet: 'Noch nicht.',
      triedAgain: (said) => `${said} Es wird erneut versucht.`,
      notDelivered: 'Nicht zugestellt.',
    },

    called: {
      'job.started': 'druck gestartet begonnen', 'job.first_layer_done': 'erste schicht fertig', 'job.layer': 'schicht erreicht gewählte schichten', 'job.progress': 'druckt gedruckt fortschritt prozent', 'job.milestone_time': 'druckt noch seit stunden zeitmarke',
      'job.finishing_soon': 'bald fertig', 'job.eta_slipped': 'dauert länger ende verschoben', 'job.stalled': 'nichts bewegt sich steht still stillstand hängt', 'job.paused': 'pausiert pause', 'job.resumed': 'druckt weiter fortgesetzt',
      'job.done': 'druck fertig beendet abgeschlossen', 'job.cancelled': 'druck abgebrochen abbruch', 'job.failed': 'druck fehlgeschlagen misslungen gescheitert', 'job.result_unknown': 'ergebnis unbekannt',
      'attention.filament_runout': 'filament zu ende leer alle ausgegangen hilfe', 'attention.filament_change': 'filament wechseln filamentwechsel hilfe', 'attention.user_input': 'braucht eine antwort frage hilfe', 'attention.door': 'tür ist offen geöffnet hilfe',
      'attention.plate': 'druckplatte prüfen platte hilfe', 'attention.cleared': 'braucht keine hilfe mehr erledigt', 'attention.reminder': 'braucht noch immer hilfe erinnerung',
      'failure.warning': 'druck misslingt vielleicht fehlererkennung verdacht', 'failure.detected': 'druck misslingt fehlererkennung erkannt',
      'heater.target_reached': 'heizung ist heiß düse heizbett temperatur erreicht', 'heater.cooled': 'heizung düse heizbett abgekühlt kalt', 'heater.left_on': 'heizung noch an düse heizbett', 'heater.runaway': 'heizung außer kontrolle',
      'device.ready': 'drucker bereit', 'device.error': 'druckerfehler drucker fehler', 'device.shutdown': 'drucker hat angehalten notaus', 'device.fault': 'störung am drucker',
      'link.up': 'antwortet wieder verbindung online zurück', 'link.lost': 'antwortet nicht verbindung verloren offline weg', 'link.auth_failed': 'schlüssel abgelehnt', 'link.refused': 'verbindung abgelehnt', 'camera.lost': 'kein bild kamera weg', 'camera.up': 'kamera wieder da',
      'message.display': 'nachricht display', 'message.user': 'nachricht', 'command.succeeded': 'wie gewünscht erledigt befehl', 'command.failed': 'befehl fehlgeschlagen',
      'app.delivery_failing': 'zustellung gestört ziel', 'app.delivery_recovered': 'zustellung geht wieder ziel', 'app.offline': 'kein netzwerk offline', 'app.update_available': 'update verfügbar aktualisierung', 'app.test': 'testnachricht test',
      'command.acknowledged': 'bestätigt', 'app.broadcast': 'nachricht rundruf', 'app.changed': 'einstellungen geändert änderung', 'app.silence_over': 'stummschaltung vorbei zu ende wartung',
      'server.event': 'nachricht ereignis des servers',
    },
  }
}
