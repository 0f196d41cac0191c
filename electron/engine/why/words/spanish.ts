/** Spanish, without address ("tú", "usted"). Things are called as in the window (renderer/locales/es) and in the messages. */
import { plural } from '../../delivery/languages/format.ts'
import { isClock, listed, type SaidProfile, type Span, type WhyWords } from './english.ts'

/** One o'clock is a single hour: "la 01:05", "las 12:01", "el 14 ene 12:01". */
const the = (time: string): string => (isClock(time) ? `${/^0?1:/.test(time) ? 'la' : 'las'} ${time}` : `el ${time}`)
const at = (time: string): string => (isClock(time) ? `a ${the(time)}` : the(time))

const span = ({ from, to }: Span): string => (to === null ? `desde ${the(from)}` : `desde ${the(from)} hasta ${the(to)}`)
const missed = (what: string, cure?: string): string => `${what}; lo que ocurrió entonces pudo pasar inadvertido${cure === undefined ? '' : `. ${cure}`}`

const printerAsSubject = (printer: string): string => (printer === '' ? 'La impresora' : `«${printer}»`)

function profileAsSubject(profile: SaidProfile): string {
  if (profile === null) return 'El perfil'
  return profile.name === null ? 'Un perfil que ya no existe' : `El perfil «${profile.name}»`
}

/** Made when it is first needed. */
export const spanish = (): WhyWords => {
  const filterSays = {
    empty: 'no dice nada, y por eso no recoge nada', printers: 'es para otras impresoras', serverKinds: 'es para otros tipos de servidor', tags: 'es para impresoras con otras etiquetas', minSeverity: 'es para eventos más graves',
    events: 'es para otros tipos de evento', files: 'es para otros archivos', longerThan: 'es para impresiones más largas', shorterThan: 'es para impresiones más cortas', acknowledged: 'pregunta si está confirmado',
  }
  const made: Readonly<Record<string, string>> = {
    window: 'hecho en la ventana', cli: 'hecho desde la línea de órdenes', toast: 'hecho desde un aviso', tray: 'hecho desde la bandeja', chat: 'hecho en un chat', hook: 'hecho por un hook',
  }
  return {
    stages: {
      enabled: 'Destino', masked: 'Oculto', subscribed: 'Elección', profile: 'Perfil', filtered: 'Filtros', timeslot: 'Horario', mode: 'Modo', presence: 'Presencia', supported: 'Canal', own: 'Acción propia', silenced: 'Silencios', grouped: 'Ráfaga', relevant: 'Aún cierto', deliver: 'Decisión', escalation: 'Escalada', superseded: 'Más reciente', discarded: 'A mano',
    },
    passed: {
      profile: (profile) => `«${profile}» está activo`,
      filtered: (profile) => `Nada en «${profile}» se opone`,
      timeslot: (profile) => `«${profile}» habla a esa hora`,
      subscribed: (event) => `«${event}» está activado`,
      supported: (destination) => `«${destination}» puede transmitirlo`,
      silenced: 'Ninguno lo abarca',
    },
    reasons: {
      subscribed: ({ destination }) => `Va a «${destination}»`,
      late: ({ destination }) => `Va a «${destination}», aunque se supo tarde`,
      not_subscribed: ({ event, destination }) => `«${event}» está desactivado para «${destination}»`,
      switched_off: ({ event, destination }) => `Una suscripción desactiva «${event}» para «${destination}»`,
      idle_link: ({ printer }) => `${printerAsSubject(printer)} no imprimía, y que una impresora sin impresión vaya y venga solo se dice si se elige`,
      no_job: ({ printer }) => `${printerAsSubject(printer)} no imprimía, y sin impresión esto solo va a este equipo`,
      not_supported: ({ destination }) => `«${destination}» no puede transmitir este tipo de evento`,
      masked: () => 'Los eventos de este tipo no se dicen a nadie',
      watched: ({ printer }) => (printer === '' ? 'Se sigue esta impresora' : `Se sigue «${printer}»`),
      channel_missing: ({ destination }) => `A este Printbell le falta el canal que «${destination}» necesita`,
      about_itself: ({ destination }) => `«${destination}» falla y no puede decirlo; lo hacen los demás`,
      own_recovery: ({ destination }) => `«${destination}» vuelve a funcionar, y eso se ve allí por sí solo`,
      newer_progress: () => 'Llegó un progreso más reciente de la misma impresión antes de poder enviarlo',
      discarded: () => 'Alguien lo descartó después de que no se pudiera entregar',
      chosen: ({ destination }) => `Va a «${destination}», el destino elegido para ello`,
      not_chosen: ({ destination }) => `No se eligió «${destination}» para ello`,
      told_nobody: () => 'Al confirmarlo se eligió no avisar a nadie',
      destination_off: ({ destination }) => `«${destination}» está desactivado`,
      own_action: () => 'Se hizo desde Printbell, y lo que hace uno mismo solo se dice si se quiere',
      destination_removed: ({ destination }) => `«${destination}» se quitó entretanto`,
      destination_disabled: ({ destination }) => `«${destination}» se desactivó entretanto`,
      restored_from_backup: () => 'Aún esperaba en la copia de seguridad restaurada, y lo antiguo no se envía de nuevo',
      acknowledged: () => 'Alguien lo confirmó entretanto',
      job_ended: () => 'La impresión terminó entretanto',
      resolved: () => 'Acabó antes de poder decirlo',
      seen: () => 'Alguien lo vio entretanto',
      profile_off: (_said, profile) => `${profileAsSubject(profile)} está desactivado`,
      profile_paused: (_said, profile) => `${profileAsSubject(profile)} descansa por un tiempo`,
      outside_timeslot: () => 'Ocurrió fuera del horario',
      timeslot_closed: () => 'El horario está cerrado',
      timeslot_never_opens: () => 'El horario no se abre nunca',
      critical_passes: ({ destination }) => `Va a «${destination}» fuera del horario, porque es crítico`,
      in_app: () => 'Es solo para el historial',
      somebody_here: ({ destination }) => `Había alguien ante este equipo, y «${destination}» se entera mientras no hay nadie`,
      nobody_here: ({ destination }) => `No había nadie ante este equipo, y «${destination}» se entera mientras hay alguien`,
      digest: ({ destination }) => `«${destination}» lo recibe agrupado`,
      host_down: ({ printer }) => `${printerAsSubject(printer)} no respondía, así que la falta de imagen no es novedad`,
    },
    byProfile: (reason, name) => `${reason} (${name === null ? 'un perfil que ya no existe' : `perfil «${name}»`})`,
    byFollowing: (reason) => `${reason} (se sigue la impresora)`,
    silence: (name, over, by) => `${name === '' ? 'Un silencio' : `El silencio «${name}»`} lo ${over ? 'calló' : 'calla'}, ${Object.hasOwn(made, by) ? made[by] ?? '' : `hecho por ${by}`}`,
    silenceGone: 'Lo calló un silencio del que ya no se sabe',
    burst: 'Lo mismo de otra impresora se dijo un momento antes, así que va en un solo mensaje con lo que siga',
    host: 'Lo del servidor va en un solo mensaje, para todas sus impresoras',
    escalation: (destination) => `«${destination}» se entera si nadie lo confirma hasta entonces`,
    filter: (name, field) => `${name === null ? 'Un filtro que ya no existe' : `El filtro «${name}»`} ${field === null ? 'no lo recoge' : filterSays[field]}`,
    noReason: 'No se anotó ningún motivo',
    heldUntil: (reason, time) => `${reason}: retenido hasta ${the(time)}`,
    gathered: (reason) => `${reason}: va al próximo resumen`,

    next: {
      next: 'Después',
      now: 'Ahora',
      at: (time) => (isClock(time) ? `A ${the(time)}` : `El ${time}`),
      released: 'Se evalúa de nuevo cuando se libere',
      judged: 'Se evalúa de nuevo y se omite si ya no es cierto',
      turn: 'Se envía en cuanto le toca',
      tried: (time) => `Se intenta de nuevo, hasta ${the(time)}`,
      leased: 'Enviándose',
      dead: 'Ya no se intenta más; se puede enviar de nuevo a mano',
      expired: 'Demasiado antiguo para enviarse solo; se puede enviar de nuevo a mano',
      cancelled: 'No se envía nada más',
    },
    attempts: { delivered: 'Entregado', retry: 'No entregado, se intenta de nuevo', rejected: 'Rechazado', gone: 'El destino está cerrado definitivamente', expired: 'No entregado a tiempo', cancelled: 'Retirado' },

    swallowed: {
      baseline: 'ya era así cuando Printbell miró por primera vez',
      short_pause: 'la pausa fue demasiado corta para contar',
      repeated_error: 'el mismo error se dijo poco antes',
      collapsed_progress: 'en su lugar se dijo un paso posterior del progreso',
      already_heard: 'ya se había dicho',
      duplicate: 'ya está en el historial',
      cap: 'llegaron demasiados mensajes en un minuto; un resumen los menciona',
      idle_link: 'no había ninguna impresión en curso, y la conexión volvió pronto',
      not_subscribed: 'nada en los ajustes lo pide',
      by_restart: 'la misma impresión empezó de nuevo',
      own_network_down: 'este mismo equipo no tenía red',
      same_job: 'es parte de lo que ya se dijo de esta impresión',
      no_job: 'no había ninguna impresión que pudiera fallar',
      failure_too_soon: 'una alerta de fallo de esta impresión se acababa de decir',
      failure_unanswered: 'nadie había respondido a la alerta de fallo anterior',
      failure_answered: 'alguien acababa de responder a la alerta de fallo anterior',
    },
    notTold: (title, because) => `${title}: no se dijo, porque ${because}`,

    why: {
      seen: (title, printer, time, foundOut) => `«${title}»${printer === null ? '' : ` de «${printer}»`} se vio ${at(time)}${foundOut === null ? '' : `, pero no se supo hasta ${the(foundOut)}`}`,
      acknowledgedAt: (time) => `Alguien lo confirmó ${at(time)}`,
      seenSince: (time) => `Está marcado como visto desde ${the(time)}`,
      noDestination: 'No hay ningún destino que pudiera decirlo. Añadir uno en «Destinos»',
      summary: (all, { delivered, waiting, failed, dropped }) => `De ${all.shown} destinos, ${listed([
        delivered && `${delivered.shown} lo ${plural(delivered, { one: 'recibió', other: 'recibieron' })}`,
        waiting && `${waiting.shown} aún lo ${plural(waiting, { one: 'ha', other: 'han' })} de recibir`,
        failed && `${failed.shown} ${plural(failed, { one: 'debía recibirlo y no lo recibió', other: 'debían recibirlo y no lo recibieron' })}`,
        dropped && `${dropped.shown} no se ${plural(dropped, { one: 'enteró', other: 'enteraron' })}`,
      ])}`,
      nothingSeen: (kind, printer, time) => `No se vio ningún «${kind}» de «${printer}» hacia ${the(time)}, ni se omitió ninguno`,
      nothingHappened: 'Printbell miró todo ese tiempo, así que para él no ocurrió nada de este tipo',
      stillToCome: 'Ese momento está aún por venir. Preguntar por uno que ya pasó',
      noPrinter: (id) => `No hay ninguna impresora «${id}» en los ajustes, así que nadie la mira. Añadirla en «Impresoras»`,
      printerOff: (name) => `«${name}» está desactivada en los ajustes, así que nadie la mira. Activarla en «Impresoras»`,
      swallowed: (title, printer, time, because, setting) => `«${title}»${printer === null ? '' : ` de «${printer}»`} se notó ${at(time)} y no se dijo, porque ${because}${setting === null ? '' : `. Lo decide el ajuste ${setting}`}`,
      nobodyAsks: (kind) => `Ningún destino pide «${kind}», así que tampoco se le pide al servidor de la impresora. Elegirlo para un destino`,
      kindOff: (kind, setting) => `«${kind}» está desactivado. Lo activa el ajuste ${setting}`,
      notKept: (days) => `El historial guarda ${plural(days, { one: `${days.shown} día`, many: `${days.shown} de días`, other: `${days.shown} días` })}, y eso fue antes. El ajuste retention.eventDays guarda más`,
      absent: {
        not_running: (when) => missed(`Printbell no funcionó ${span(when)}`, 'Iniciarlo al entrar en la sesión'),
        sleep: (when) => missed(`Este equipo estuvo suspendido ${span(when)}`, 'Mantenerlo despierto mientras una impresora imprime'),
        stopped: (when) => missed(`Printbell estuvo parado ${span(when)}`),
        clock: (when) => missed(`El reloj de este equipo se cambió ${span(when)}`),
        own_network: (when) => missed(`Este equipo no tuvo red ${span(when)}`),
        unknown: (when) => missed(`Nadie miró ${span(when)}`),
      },
      unreachable: (printer, when, cause) => missed(`El servidor de «${printer}» no respondió ${span(when)}${cause === null ? '' : ` (${cause})`}`, when.to === null ? 'Probar la conexión: la prueba indica la causa' : undefined),
    },

    fate: {
      leased: (to) => `Se está enviando a «${to}»`,
      onItsWay: (to) => `Está en camino a «${to}», aún sin enviar`,
      notTaken: (to, time) => `«${to}» no lo aceptó${time === null ? '' : ` ${at(time)}`}`,
      mendAndSend: 'Arreglarlo y enviarlo de nuevo desde el historial',
      tooOld: (to, time) => `No se pudo entregar a «${to}» hasta ${the(time)}, y entonces era demasiado antiguo`,
      sendAgain: 'Se puede enviar de nuevo desde el historial',
      takenBack: (to) => `Se retiró antes de llegar a «${to}»`,
      notThere: (to) => `«${to}» aún no existía, o estaba desactivado, así que no se decidió nada al respecto`,
      switchOn: 'Activarlo en «Destinos»',
      notTold: (to) => `«${to}» no se enteró`,
      delivered: (to, time, by) => `Se entregó a «${to}»${time === null ? '' : ` ${at(time)}`}${by === null ? '' : ` (${by})`}; mirar allí`,
      waited: (reason) => `Esperó su hora. ${reason}`,
      tries: (count) => `Hicieron falta ${plural(count, { many: `${count.shown} de intentos`, other: `${count.shown} intentos` })}`,
      held: (to, time) => `Se retiene para «${to}»${time === null ? '' : ` hasta ${the(time)}`}`,
      judgedAgain: 'Después se evalúa de nuevo y se omite si ya no es cierto',
      notYet: (to, tries) => `Aún no se ha entregado a «${to}»${tries === null ? '' : `, tras ${plural(tries, { one: `${tries.shown} intento`, many: `${tries.shown} de intentos`, other: `${tries.shown} intentos` })}`}`,
      triedUntil: (time) => `Se intenta hasta ${the(time)}`,
      testIt: 'Probar el destino: la prueba indica la causa',
      fails: (to, gone, time, why) => (gone ? `«${to}» no acepta nada desde ${the(time)}: ${why}` : `«${to}» falla desde ${the(time)}: ${why}`),
      cures: {
        not_subscribed: 'Elegirlo para este destino, o en un perfil que llegue a él',
        switched_off: 'Cambiar esa suscripción, o el modo del perfil',
        idle_link: 'Elegir ese tipo a mano para este destino, para enterarse también de una impresora sin impresión',
        no_job: 'Elegir ese tipo a mano para este destino, para enterarse también sin impresión',
        channel_missing: 'Permitir o reinstalar el plugin que lo aporta',
        own_action: 'Activar «Decirme lo que hice yo» (notifyMyself) para enterarse también de ello',
        profile_off: 'Activar el perfil',
        profile_paused: 'Acabar el descanso del perfil',
        outside_timeslot: 'Ampliar el horario, o hacer que el perfil retenga lo que ocurre a otras horas',
        timeslot_never_opens: 'Dar una hora al horario',
        in_app: 'Elegir «Enseguida» en el perfil para enterarse',
      },
      cureFilter: 'Cambiar el filtro, o el perfil que lo usa',
      cureSilence: 'Levantar el silencio para enterarse de nuevo',
    },

    kinds: { 'job.progress': 'Progreso', 'job.milestone_time': 'Hito de tiempo', 'message.display': 'Mensaje de la pantalla', 'server.event': 'Evento del servidor' },
    reachesNobody: 'El perfil no llega a ningún destino activo',
    broadcast: {
      waits: 'Espera su envío. El historial dice qué resulta de ello.',
      delivered: 'Entregado.',
      notYet: 'Aún no.',
      triedAgain: (said) => `${said} Se intenta de nuevo.`,
      notDelivered: 'No entregado.',
    },

    called: {
      'job.started': 'impresión iniciada empezada comenzada', 'job.first_layer_done': 'primera capa terminada', 'job.layer': 'capa alcanzada', 'job.progress': 'imprimiendo impreso progreso porcentaje', 'job.milestone_time': 'sigue imprimiendo horas hito de tiempo',
      'job.finishing_soon': 'termina pronto', 'job.eta_slipped': 'tarda más final retrasado retraso', 'job.stalled': 'nada se mueve parada atascada', 'job.paused': 'en pausa pausada', 'job.resumed': 'impresión reanudada',
      'job.done': 'impresión terminada acabada finalizada', 'job.cancelled': 'impresión cancelada abortada', 'job.failed': 'impresión fallida', 'job.result_unknown': 'resultado desconocido',
      'attention.filament_runout': 'filamento agotado acabado terminado vacío ayuda', 'attention.filament_change': 'cambiar el filamento cambio ayuda', 'attention.user_input': 'espera una respuesta pregunta ayuda', 'attention.door': 'puerta abierta ayuda',
      'attention.plate': 'revisar la placa ayuda', 'attention.cleared': 'ya no necesita ayuda resuelto', 'attention.reminder': 'sigue necesitando ayuda recordatorio',
      'failure.warning': 'posible fallo de impresión detección', 'failure.detected': 'la impresión está fallando fallo detectado detección',
      'heater.target_reached': 'el calentador está caliente boquilla cama temperatura alcanzada', 'heater.cooled': 'el calentador se ha enfriado boquilla cama', 'heater.left_on': 'el calentador sigue calentando boquilla cama', 'heater.runaway': 'calentador fuera de control',
      'device.ready': 'impresora lista', 'device.error': 'error de la impresora', 'device.shutdown': 'impresora detenida', 'device.fault': 'avería de la impresora',
      'link.up': 'responde de nuevo conexión en línea', 'link.lost': 'no responde conexión perdida sin conexión', 'link.auth_failed': 'clave rechazada', 'link.refused': 'conexión rechazada', 'camera.lost': 'sin imagen cámara perdida', 'camera.up': 'la cámara ha vuelto',
      'message.display': 'mensaje de la pantalla', 'message.user': 'mensaje', 'command.succeeded': 'hecho como se pidió comando', 'command.failed': 'el comando falló',
      'app.delivery_failing': 'fallan los envíos destino', 'app.delivery_recovered': 'envíos restablecidos destino', 'app.offline': 'sin red sin conexión', 'app.update_available': 'actualización disponible', 'app.test': 'mensaje de prueba',
      'command.acknowledged': 'confirmado enterado', 'app.broadcast': 'mensaje a todos', 'app.changed': 'ajustes cambiados cambio', 'app.silence_over': 'fin del silencio mantenimiento terminado',
      'server.event': 'mensaje evento del servidor',
    },
  }
}
