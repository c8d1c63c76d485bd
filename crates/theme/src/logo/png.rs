//! PNG, chunk by chunk (W3C PNG, third edition).

use super::{LogoFault, Picture, side};

const SIGNATURE: &[u8; 8] = b"\x89PNG\r\n\x1a\n";

pub(super) fn read(file: &[u8]) -> Result<Picture, LogoFault> {
    let mut rest = file.strip_prefix(SIGNATURE).ok_or(LogoFault::Magic)?;
    let mut bytes = SIGNATURE.to_vec();
    let mut size = None;
    let mut has_palette = false;
    let mut has_pixels = false;
    loop {
        let chunk = Chunk::take(&mut rest)?;
        match (&chunk.kind, size) {
            (b"IHDR", None) => size = Some(header(chunk.data)?),
            // The header comes first, and once.
            (_, None) | (b"IHDR", Some(_)) => return Err(LogoFault::Damaged),
            (b"acTL" | b"fcTL" | b"fdAT", _) => return Err(LogoFault::Animated),
            (b"PLTE", _) if !has_pixels && !has_palette => has_palette = true,
            (b"IDAT", _) => has_pixels = true,
            (b"tRNS" | b"gAMA" | b"sRGB" | b"cHRM", _) if !has_pixels => {}
            (b"IEND", Some((width, height))) if has_pixels && chunk.data.is_empty() && rest.is_empty() => {
                bytes.extend_from_slice(chunk.whole);
                return Ok(Picture { bytes, width, height });
            }
            // A lower-case first letter means that the picture is complete without it.
            (kind, _) if kind[0].is_ascii_lowercase() => continue,
            _ => return Err(LogoFault::Damaged),
        }
        bytes.extend_from_slice(chunk.whole);
    }
}

fn header(data: &[u8]) -> Result<(u16, u16), LogoFault> {
    let &[w0, w1, w2, w3, h0, h1, h2, h3, depth, color, compression, filter, interlace] = data else {
        return Err(LogoFault::Damaged);
    };
    let known = matches!((color, depth), (0, 1 | 2 | 4 | 8 | 16) | (2 | 4 | 6, 8 | 16) | (3, 1 | 2 | 4 | 8));
    if !known || compression != 0 || filter != 0 || interlace > 1 {
        return Err(LogoFault::Damaged);
    }
    Ok((side(u32::from_be_bytes([w0, w1, w2, w3]))?, side(u32::from_be_bytes([h0, h1, h2, h3]))?))
}

struct Chunk<'a> {
    kind: [u8; 4],
    data: &'a [u8],
    /// Length, kind, data and checksum, as they stand in the file.
    whole: &'a [u8],
}

impl<'a> Chunk<'a> {
    fn take(rest: &mut &'a [u8]) -> Result<Self, LogoFault> {
        let (length, body) = rest.split_first_chunk::<4>().ok_or(LogoFault::Damaged)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| LogoFault::Damaged)?;
        let (kind, after) = body.split_first_chunk::<4>().ok_or(LogoFault::Damaged)?;
        let (data, after) = after.split_at_checked(length).ok_or(LogoFault::Damaged)?;
        let (checksum, after) = after.split_first_chunk::<4>().ok_or(LogoFault::Damaged)?;
        let sound = kind.iter().all(u8::is_ascii_alphabetic)
            && crc32(&body[..4 + length]) == u32::from_be_bytes(*checksum);
        if !sound {
            return Err(LogoFault::Damaged);
        }
        let whole = &rest[..12 + length];
        *rest = after;
        Ok(Self { kind: *kind, data, whole })
    }
}

/// CRC-32 as PNG uses it; a logo is small enough to do without a table.
fn crc32(bytes: &[u8]) -> u32 {
    let fold = |crc: u32, byte: &u8| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 },
        )
    };
    !bytes.iter().fold(u32::MAX, fold)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
        let mut body = kind.to_vec();
        body.extend_from_slice(data);
        let mut chunk = u32::try_from(data.len()).unwrap().to_be_bytes().to_vec();
        chunk.extend_from_slice(&body);
        chunk.extend_from_slice(&crc32(&body).to_be_bytes());
        chunk
    }

    pub(crate) fn ihdr(width: u32, height: u32) -> Vec<u8> {
        let sides = [width.to_be_bytes(), height.to_be_bytes()].concat();
        chunk(b"IHDR", &[&sides[..], &[8, 6, 0, 0, 0]].concat())
    }

    fn png(chunks: &[Vec<u8>]) -> Vec<u8> {
        [&SIGNATURE[..], &chunks.concat()].concat()
    }

    fn fault(chunks: &[Vec<u8>]) -> Option<LogoFault> {
        read(&png(chunks)).err()
    }

    #[test]
    fn the_checksum_is_the_published_one() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(chunk(b"IEND", b"")[8..], [0xae, 0x42, 0x60, 0x82]);
    }

    #[test]
    fn only_what_makes_up_the_picture_is_kept() {
        let [head, pixels, end] = [ihdr(32, 48), chunk(b"IDAT", b"x"), chunk(b"IEND", b"")];
        let secret = chunk(b"tEXt", b"GPS\0secret");
        let picture =
            read(&png(&[head.clone(), secret.clone(), pixels.clone(), secret, end.clone()])).unwrap();
        assert_eq!((picture.width, picture.height), (32, 48));
        assert_eq!(picture.bytes, png(&[head, pixels, end]));
        assert_eq!(read(&picture.bytes).unwrap().bytes, picture.bytes);
    }

    #[test]
    fn damage_tails_animation_and_odd_sizes_are_refused() {
        let [head, pixels, end] = [ihdr(32, 32), chunk(b"IDAT", b"x"), chunk(b"IEND", b"")];
        let whole = png(&[head.clone(), pixels.clone(), end.clone()]);
        for cut in 8..whole.len() {
            assert_eq!(read(&whole[..cut]).err(), Some(LogoFault::Damaged), "cut at {cut}");
        }
        for at in 8..whole.len() {
            let mut other = whole.clone();
            other[at] ^= 0x20;
            assert!(read(&other).is_err(), "changed at {at}");
        }
        let [h, p, e] = [|| ihdr(32, 32), || chunk(b"IDAT", b"x"), || chunk(b"IEND", b"")];
        assert_eq!(fault(&[h(), p(), e(), b"<script>".to_vec()]), Some(LogoFault::Damaged));
        assert_eq!(fault(&[h(), h(), p(), e()]), Some(LogoFault::Damaged));
        assert_eq!(fault(&[h(), e()]), Some(LogoFault::Damaged));
        assert_eq!(fault(&[p(), h(), e()]), Some(LogoFault::Damaged));
        assert_eq!(fault(&[h(), chunk(b"ABCD", b""), p(), e()]), Some(LogoFault::Damaged));
        assert_eq!(fault(&[h(), chunk(b"acTL", &[0; 8]), p(), e()]), Some(LogoFault::Animated));
        assert_eq!(fault(&[ihdr(15, 32), p(), e()]), Some(LogoFault::Dimensions));
        assert_eq!(fault(&[ihdr(32, 1025), p(), e()]), Some(LogoFault::Dimensions));
        assert_eq!(fault(&[ihdr(u32::MAX, u32::MAX), p(), e()]), Some(LogoFault::Dimensions));
        assert_eq!(read(b"<svg xmlns='http://www.w3.org/2000/svg'/>").err(), Some(LogoFault::Magic));
    }
}
