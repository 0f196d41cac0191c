import { describe, expect, it } from 'vitest'
import { readAddress } from './address.ts'

const urls = (typed: string): string[] => {
  const read = readAddress(typed)
  return read.ok ? read.attempts.map(({ url }) => url) : [`bad: ${read.detail}`]
}
const first = (typed: string): string | undefined => urls(typed)[0]
const detail = (typed: string): string => {
  const read = readAddress(typed)
  return read.ok ? `understood as ${read.attempts[0].url}` : read.detail
}

describe('the address a person types', () => {
  it.each([
    ['octopi.local', 'http://octopi.local'],
    ['  octopi.local \n', 'http://octopi.local'],
    ['OctoPi.Local', 'http://octopi.local'],
    ['192.168.1.40:5000', 'http://192.168.1.40:5000'],
    ['192.168.1.40 :5000', 'http://192.168.1.40:5000'],
    ['http://octopi.local/octoprint/', 'http://octopi.local/octoprint'],
    ['https://print.example.org/#temp', 'https://print.example.org'],
    ['http://octopi.local/?redirect=x', 'http://octopi.local'],
    ['http:/octopi.local', 'http://octopi.local'],
    ['http:///octopi.local', 'http://octopi.local'],
    ['http//octopi.local', 'http://octopi.local'],
    ['HTTP:\\\\octopi.local', 'http://octopi.local'],
    ['//octopi.local', 'http://octopi.local'],
    ['<http://octopi.local>,', 'http://octopi.local'],
    ['"octopi.local"', 'http://octopi.local'],
    ['octopi.local:', 'http://octopi.local'],
    ['fe80::1', 'http://[fe80::1]'],
    ['[fe80::1]:5000', 'http://[fe80::1]:5000'],
    ['fe80::1/octoprint', 'http://[fe80::1]/octoprint'],
    ['localhost:5000', 'http://localhost:5000'],
    ['http://octopi.local:80/', 'http://octopi.local'],
  ])('reads %j', (typed, url) => {
    expect(first(typed)).toBe(url)
  })

  it('tries a bare name with .local when nobody knows it, and https where no plain server is', () => {
    expect(readAddress('octopi')).toEqual({
      ok: true,
      attempts: [
        { url: 'http://octopi', after: [] },
        { url: 'http://octopi.local', after: ['name_not_found'] },
        { url: 'https://octopi', after: ['refused', 'not_this_server', 'wrong_prefix'] },
      ],
    })
  })

  it('tries nothing else where the person was exact', () => {
    expect(urls('http://octopi.local')).toEqual(['http://octopi.local'])
    expect(urls('octopi.local:5000')).toEqual(['http://octopi.local:5000'])
    expect(urls('192.168.1.40')).toEqual(['http://192.168.1.40', 'https://192.168.1.40'])
    expect(urls('localhost:5000')).toEqual(['http://localhost:5000'])
    expect(urls('http://octopi')).toEqual(['http://octopi', 'http://octopi.local'])
  })

  it.each([
    ['', 'The address is empty. Write it as in the browser, for example 192.168.1.40 or octopi.local.'],
    ['   ', 'The address is empty. Write it as in the browser, for example 192.168.1.40 or octopi.local.'],
    ['my printer', 'There is a space inside the address. Take it out. Write it as in the browser, for example 192.168.1.40 or octopi.local.'],
    ['ftp://octopi.local', 'The address begins with ftp://. Begin with http:// or https://.'],
    ['http://', 'There is no name in the address. Write it as in the browser, for example 192.168.1.40 or octopi.local.'],
    ['192.168.1', '192.168.1 is not an IP address. It has four numbers from 0 to 255, for example 192.168.1.40.'],
    ['192.168.1.400', '192.168.1.400 is not an IP address. It has four numbers from 0 to 255, for example 192.168.1.40.'],
    ['octopi.local:70000', '"70000" is not a port. A port is a number from 1 to 65535, for example 5000.'],
    ['octopi.local:http', '"http" is not a port. A port is a number from 1 to 65535, for example 5000.'],
    ['http://marta:secret@octopi.local', 'The address holds a user name or a password. Take them out of it; they have fields of their own.'],
    ['a%zz', 'This is not an address. Write it as in the browser, for example 192.168.1.40 or octopi.local.'],
  ])('says of %j what is wrong and what to do', (typed, said) => {
    expect(detail(typed)).toBe(said)
  })
})
