// Which addresses the service connects to.
import assert from "node:assert/strict"
import { test } from "node:test"
import { isPublic } from "../../src/address.ts"

const REFUSED = {
  loopback: ["127.0.0.1", "127.255.255.254", "::1"],
  unspecified: ["0.0.0.0", "0.1.2.3", "::"],
  private: ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fd12::1"],
  "link-local": ["169.254.0.1", "fe80::1", "fe80::1%eth0"],
  "metadata service": ["169.254.169.254", "fd00:ec2::254"],
  "shared (CGNAT)": ["100.64.0.1", "100.127.255.255"],
  multicast: ["224.0.0.1", "239.255.255.250", "ff02::1"],
  broadcast: ["255.255.255.255"],
  reserved: ["240.0.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "203.0.113.1", "2001:db8::1", "fec0::1", "100::1"],
  "v4 in v6": [
    "::ffff:127.0.0.1",
    "::ffff:a9fe:a9fe",
    "::7f00:1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001::1",
  ],
  "no address": ["", "localhost", "999.1.1.1"],
}

for (const [what, addresses] of Object.entries(REFUSED))
  test(`refuses ${what}`, () => {
    for (const address of addresses) assert.equal(isPublic(address), false, address)
  })

test("permits public addresses", () => {
  for (const address of ["1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8"])
    assert.equal(isPublic(address), true, address)
})
