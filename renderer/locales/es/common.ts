/** Textos que usa cada página. */
import type en from '../en/common.ts'

const es: typeof en = {
  app: 'Printbell',
  progress: 'Progreso',
  progressCorrected: 'La impresora indica ahora {percent}\u202f%',
  searchKey: 'Pulse / para buscar',
  state: { idle: 'Lista', printing: 'Imprimiendo', needs: 'Necesita ayuda', error: 'Error', offline: 'Sin conexión' },
  severity: { info: 'Nota', success: 'Éxito', warning: 'Advertencia', error: 'Fallo', critical: 'Crítico' },
  nav: {
    main: 'Menú principal',
    printers: 'Impresoras',
    history: 'Historial',
    destinations: 'Destinos',
    rules: 'Reglas',
    settings: 'Ajustes',
    needsCount: '{count} necesita ayuda | {count} necesitan ayuda',
    unseenCount: '{count} sin ver',
    failingCount: '{count} falla | {count} fallan',
  },
  notifications: {
    on: 'Avisos activos',
    paused: 'Avisos en pausa',
    pausedUntil: 'En pausa hasta {time}',
    hour: 'Pausar durante 1\u202fh',
    tomorrow: 'Pausar hasta mañana',
    untilISay: 'Pausar hasta nuevo aviso',
    resume: 'Activar de nuevo',
  },
  action: {
    retry: 'Reintentar', close: 'Cerrar', cancel: 'Cancelar', back: 'Atrás', more: 'Más', undo: 'Deshacer', open: 'Abrir', remove: 'Quitar', test: 'Probar', save: 'Guardar',
  },
  time: {
    now: 'ahora',
    underMinute: 'menos de 1\u202fmin',
    minutesAgo: 'hace {count}\u202fmin',
    hoursAgo: 'hace {count}\u202fh',
    daysAgo: 'hace {count} día | hace {count} días',
    days: 'días',
    today: 'Hoy',
    yesterday: 'Ayer',
  },
  loading: 'Cargando',
  failedToLoad: 'No se ha podido cargar esta página',
}

export default es
