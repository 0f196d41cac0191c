/** The words of a change notice, in each language. */
import type { LanguageCode } from '../delivery/languages/codes.ts'

const english = {
  added: 'added', removed: 'removed', on: 'switched on', off: 'switched off', name: 'name', server: 'server', address: 'address', key: 'key', events: 'events', camera: 'camera', light: 'light', picture: 'picture',
  commands: 'commands', tags: 'tags', following: 'following', limits: 'limits', language: 'language', words: 'words of its own', connection: 'connection', settings: 'settings',
  masked: 'what is told to nobody', rules: 'rules', own: 'what you do yourself', storage: 'storage', expiry: 'expiry', ping: 'sign of life',
}
export type ChangeWord = keyof typeof english

/** Who changed it. `update`: the server of a printer runs another version. */
export type ChangedBy = 'window' | 'file' | 'cli' | 'update'

interface Catalogue {
  words: Readonly<Record<ChangeWord, string>>
  by: Readonly<Record<Exclude<ChangedBy, 'update'>, string>>
  version(before: string, after: string): string
}

const CATALOGUES: Readonly<Record<LanguageCode, Catalogue>> = {
  en: { words: english, by: { window: 'in the window', file: 'in the settings file', cli: 'on the command line' }, version: (before, after) => `${before} is now ${after}` },
  de: {
    words: {
      added: 'hinzugefügt', removed: 'entfernt', on: 'eingeschaltet', off: 'ausgeschaltet', name: 'Name', server: 'Server', address: 'Adresse', key: 'Schlüssel', events: 'Ereignisse', camera: 'Kamera', light: 'Licht', picture: 'Bild',
      commands: 'Befehle', tags: 'Stichwörter', following: 'Verfolgen', limits: 'Grenzwerte', language: 'Sprache', words: 'eigene Worte', connection: 'Verbindung', settings: 'Einstellungen',
      masked: 'was niemandem gesagt wird', rules: 'Regeln', own: 'was du selbst tust', storage: 'Speicher', expiry: 'Verfall', ping: 'Lebenszeichen',
    },
    by: { window: 'im Fenster', file: 'in der Einstellungsdatei', cli: 'auf der Befehlszeile' }, version: (before, after) => `${before} ist jetzt ${after}`,
  },
  fr: {
    words: {
      added: 'ajoutée', removed: 'retirée', on: 'activée', off: 'désactivée', name: 'nom', server: 'serveur', address: 'adresse', key: 'clé', events: 'événements', camera: 'caméra', light: 'lumière', picture: 'image',
      commands: 'commandes', tags: 'étiquettes', following: 'suivi', limits: 'limites', language: 'langue', words: 'mots à soi', connection: 'connexion', settings: 'réglages',
      masked: 'ce qui n’est dit à personne', rules: 'règles', own: 'ce que vous faites vous-même', storage: 'stockage', expiry: 'expiration', ping: 'signe de vie',
    },
    by: { window: 'dans la fenêtre', file: 'dans le fichier des réglages', cli: 'en ligne de commande' }, version: (before, after) => `${before} est maintenant ${after}`,
  },
  es: {
    words: {
      added: 'añadido', removed: 'quitado', on: 'activado', off: 'desactivado', name: 'nombre', server: 'servidor', address: 'dirección', key: 'clave', events: 'eventos', camera: 'cámara', light: 'luz', picture: 'imagen',
      commands: 'órdenes', tags: 'etiquetas', following: 'seguimiento', limits: 'límites', language: 'idioma', words: 'palabras propias', connection: 'conexión', settings: 'ajustes',
      masked: 'lo que no se dice a nadie', rules: 'reglas', own: 'lo que haces tú', storage: 'almacenamiento', expiry: 'caducidad', ping: 'señal de vida',
    },
    by: { window: 'en la ventana', file: 'en el archivo de ajustes', cli: 'en la línea de órdenes' }, version: (before, after) => `${before} es ahora ${after}`,
  },
}

export const changeWords = (code: LanguageCode): Catalogue => CATALOGUES[code]
