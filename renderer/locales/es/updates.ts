/** Textos de las nuevas versiones del propio Printbell. */
import type en from '../en/updates.ts'

const es: typeof en = {
  title: 'Actualizaciones',
  look: 'Buscar nuevas versiones',
  asks: 'Pregunta a {host} una vez al día. Desactivado: no se pregunta nada en internet.',
  asksNobody: 'Desactivado: no se pregunta nada en internet.',
  lookNow: 'Buscar ahora',
  looked: 'Última respuesta: {time}',
  never: 'Nadie a quien preguntar por nuevas versiones',
  state: {
    idle: 'Aún no se ha buscado',
    checking: 'Busca una nueva versión',
    current: 'Esta es la versión más reciente',
    available: 'Ha salido Printbell {version}',
    downloading: 'Descarga Printbell {version}',
    ready: 'Printbell {version} está listo',
    waiting: 'Printbell {version} espera para instalarse',
    installing: 'Instala Printbell {version}',
    failed: 'No se han podido buscar nuevas versiones',
    failedRelease: 'No se ha podido obtener Printbell {version}',
  },
  ready: 'Reinicie ahora, o se instala cuando Printbell termina.',
  waits: 'Se instala en cuanto termine esto:',
  installing: 'Printbell termina y se inicia de nuevo por sí solo.',
  bytes: '{done} de {all}',
  next: 'Próximo intento: {time}',
  download: 'Descargar',
  restart: 'Reiniciar y actualizar',
  notNow: 'Ahora no',
  notes: 'Novedades de {version}',
  released: 'Publicado el {day}',
  mirror: 'Réplica propia',
  address: 'Dirección de una réplica',
  addressHint: 'Se le pregunta en lugar de la habitual. Vacío: la habitual.',
  mark: 'una actualización está lista',
  failedToLoad: 'Ahora no se puede decir nada de nuevas versiones',
  leaves: {
    title: 'Nada, salvo a quienes usted eligió',
    hint: 'Sin cuenta, sin nube, sin estadísticas. Printbell habla con sus impresoras y con:',
    asked: 'se le pregunta por nuevas versiones',
  },
}

export default es
