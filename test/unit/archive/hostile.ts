// Zips and tars with anything in them: what a careful tool would never write.
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { Header } from 'tar';

export interface ZipMember {
  path: string | Buffer;
  content?: Buffer | string;
  /** Unix type and mode bits. */
  mode?: number;
  /** Deflated instead of stored. */
  deflate?: boolean;
  /** General purpose flags: 1 says encrypted. */
  flags?: number;
  method?: number;
  /** What the headers say instead of the truth. */
  size?: number;
  crc?: number;
  localPath?: string;
}

/** A zip archive with exactly these members. */
export function zipOf(members: readonly ZipMember[]): Buffer {
  const parts: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const member of members) {
    const content = Buffer.from(member.content ?? '');
    const data = member.deflate === true ? deflateRawSync(content) : content;
    const name = Buffer.from(member.path);
    const localName = Buffer.from(member.localPath ?? name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(member.flags ?? 0, 2);
    common.writeUInt16LE(member.method ?? (member.deflate === true ? 8 : 0), 4);
    common.writeUInt16LE(0x21, 8);
    common.writeUInt32LE(member.crc ?? crc32(content), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(member.size ?? content.length, 18);
    common.writeUInt16LE(localName.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, localName, data]);
    parts.push(local);
    common.writeUInt16LE(name.length, 22);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(((member.mode ?? 0o100644) << 16) >>> 0, 6);
    rest.writeUInt32LE(offset, 10);
    central.push(Buffer.concat([Buffer.from('PK\x01\x02', 'latin1'), Buffer.from([20, 3]), common, rest, name]));
    offset += local.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, directory, end]);
}

export interface TarMember {
  path: string;
  content?: string;
  type?: 'File' | 'Link' | 'SymbolicLink' | 'CharacterDevice' | 'FIFO' | 'Directory';
  linkpath?: string;
  mode?: number;
}

/** A gzipped tar with exactly these members. */
export function tarOf(members: readonly TarMember[]): Buffer {
  const blocks: Buffer[] = [];
  for (const { path, content = '', type = 'File', linkpath, mode = 0o644 } of members) {
    const header = Buffer.alloc(512);
    const size = Buffer.byteLength(content);
    new Header({
      path,
      type,
      mode,
      size,
      mtime: new Date(0),
      uid: 0,
      gid: 0,
      ...(linkpath === undefined ? {} : { linkpath }),
    }).encode(header);
    blocks.push(header, Buffer.from(content), Buffer.alloc((512 - (size % 512)) % 512));
  }
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}
