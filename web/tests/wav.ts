/** What a WAV file begins with: one channel of 16-bit samples, so many bytes of them. */
export function wavHead(bytes: number, rate: number): Buffer {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + bytes, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(bytes, 40);
  return head;
}

/** A WAV file of 16-bit samples in one channel. */
export function wav(rate: number, samples: Buffer): Buffer {
  return Buffer.concat([wavHead(samples.length, rate), samples]);
}
