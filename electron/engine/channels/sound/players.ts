/** Programs that play a file or speak a text. Each gets its text as one argument or by its input; no shell comes between. */

export interface Command {
  argv: readonly string[]
  stdin?: string
  env?: Readonly<Record<string, string>>
}

export interface Player {
  program: string
  /** @param volume 0..1 */
  play(file: string, volume: number): Command
}

export interface Speaker {
  program: string
  /** @param language ISO 639-1, where the program can be told; absent = its own */
  speak(text: string, volume: number, language?: string): Command
}

const PULSE_FULL = 65_536
/** canberra-gtk-play takes decibels; 0 is full. Below this nobody hears it. */
const quieterBy = (volume: number): string => (volume <= 0.01 ? -40 : 20 * Math.log10(volume)).toFixed(1)

const PAPLAY: Player = { program: 'paplay', play: (file, volume) => ({ argv: ['paplay', `--volume=${Math.round(volume * PULSE_FULL)}`, '--', file] }) }
const PW_PLAY: Player = { program: 'pw-play', play: (file, volume) => ({ argv: ['pw-play', `--volume=${volume.toFixed(2)}`, file] }) }
// It knows no volume.
const APLAY: Player = { program: 'aplay', play: (file) => ({ argv: ['aplay', '-q', '--', file] }) }
const CANBERRA: Player = { program: 'canberra-gtk-play', play: (file, volume) => ({ argv: ['canberra-gtk-play', `--volume=${quieterBy(volume)}`, `--file=${file}`] }) }
const AFPLAY: Player = { program: 'afplay', play: (file, volume) => ({ argv: ['afplay', '-v', volume.toFixed(2), file] }) }

/** The scripts are ours and the same each time: file and text come by the environment and the input. */
const powershell = (script: string): string[] => ['powershell', '-NoProfile', '-NonInteractive', '-Command', script]
const SOUND_PLAYER: Player = {
  program: 'powershell',
  play: (file) => ({ argv: powershell('(New-Object System.Media.SoundPlayer $env:PRINTBELL_SOUND).PlaySync()'), env: { PRINTBELL_SOUND: file } }),
}

const SPD_SAY: Speaker = { program: 'spd-say', speak: (text, volume, language) => ({ argv: ['spd-say', '--wait', '--volume', String(Math.round(volume * 200 - 100)), ...(language === undefined ? [] : ['--language', language]), '--', text] }) }
const ESPEAK: Speaker = { program: 'espeak-ng', speak: (text, volume, language) => ({ argv: ['espeak-ng', '-a', String(Math.round(volume * 100)), ...(language === undefined ? [] : ['-v', language]), '--stdin'], stdin: text }) }
const SAY: Speaker = { program: 'say', speak: (text) => ({ argv: ['say', '-f', '-'], stdin: text }) }
const SYSTEM_SPEECH: Speaker = {
  program: 'powershell',
  speak: (text, volume) => ({
    argv: powershell('[Console]::InputEncoding = [Text.Encoding]::UTF8; Add-Type -AssemblyName System.Speech; $voice = New-Object System.Speech.Synthesis.SpeechSynthesizer; $voice.Volume = [int]$env:PRINTBELL_VOLUME; $voice.Speak([Console]::In.ReadToEnd())'),
    env: { PRINTBELL_VOLUME: String(Math.round(volume * 100)) }, stdin: text,
  }),
}

/** The best first. */
export function playersOf(platform: NodeJS.Platform): readonly Player[] {
  if (platform === 'darwin') return [AFPLAY]
  return platform === 'win32' ? [SOUND_PLAYER] : [PAPLAY, PW_PLAY, CANBERRA, APLAY]
}

export function speakersOf(platform: NodeJS.Platform): readonly Speaker[] {
  if (platform === 'darwin') return [SAY]
  return platform === 'win32' ? [SYSTEM_SPEECH] : [SPD_SAY, ESPEAK]
}

/** Where to get them. */
export function curePlayer(platform: NodeJS.Platform): string {
  return platform === 'darwin' || platform === 'win32' ? `Nothing plays sounds here: ${playersOf(platform).map(({ program }) => program).join(', ')} is not on PATH. It belongs to the system.` : 'Nothing plays sounds here. Install pulseaudio-utils (paplay), pipewire-bin (pw-play) or alsa-utils (aplay).'
}

export function cureSpeaker(platform: NodeJS.Platform): string {
  return platform === 'darwin' || platform === 'win32' ? `Nothing speaks here: ${speakersOf(platform).map(({ program }) => program).join(', ')} is not on PATH. It belongs to the system.` : 'Nothing speaks here. Install speech-dispatcher (spd-say) or espeak-ng, or switch speech off.'
}
