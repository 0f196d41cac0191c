import { describe, expect, it } from 'vitest'
import { parseWebcams, stillAddresses } from './webcams.ts'

describe('the addresses of a still', () => {
  const relative = { snapshotUrl: '/webcam/?action=snapshot', streamUrl: '/webcam/?action=stream' }

  it.each([
    ['http://voron.local', ['http://voron.local/webcam/?action=snapshot', 'http://voron.local/webcam/?action=stream']],
    // Moonraker's own port serves no cameras: the web server of the computer does.
    ['http://voron.local:7125', ['http://voron.local/webcam/?action=snapshot', 'http://voron.local:7125/webcam/?action=snapshot', 'http://voron.local/webcam/?action=stream', 'http://voron.local:7125/webcam/?action=stream']],
    ['http://voron.local:8080', ['http://voron.local:8080/webcam/?action=snapshot', 'http://voron.local/webcam/?action=snapshot', 'http://voron.local:8080/webcam/?action=stream', 'http://voron.local/webcam/?action=stream']],
    ['https://farm.example/left', ['https://farm.example/webcam/?action=snapshot', 'https://farm.example/webcam/?action=stream']],
  ])('that are relative, below %s', (base, expected) => {
    expect(stillAddresses(relative, base)).toEqual(expected)
  })

  it('on the computer itself are reached by its name', () => {
    expect(stillAddresses({ snapshotUrl: 'http://127.0.0.1:8080/?action=snapshot', streamUrl: null }, 'http://voron.local:7125')).toEqual(['http://voron.local:8080/?action=snapshot'])
  })

  it('that are no http are none', () => {
    expect(stillAddresses({ snapshotUrl: 'rtsp://voron.local/stream', streamUrl: 'file:///etc/passwd' }, 'http://voron.local')).toEqual([])
  })
})

describe('the list of webcams', () => {
  it.each([[undefined], [null], [7], [{}], [{ webcams: 'x' }]])('%j is none', (body) => {
    expect(parseWebcams(body)).toEqual([])
  })

  it('has no more than 32', () => {
    expect(parseWebcams({ webcams: Array.from({ length: 100 }, (_, n) => ({ name: `cam ${n}` })) })).toHaveLength(32)
  })

  it('leaves names out that are none, and takes the name where there is no id', () => {
    expect(parseWebcams({ webcams: [{ name: '' }, { name: 'x'.repeat(201) }, { name: 'bed', uid: 7, snapshot_url: 5, flip_horizontal: 'yes' }] })).toEqual([
      { id: 'bed', name: 'bed', orientation: { flipH: false, flipV: false, rotate: 0 }, snapshotUrl: null, streamUrl: null },
    ])
  })
})
