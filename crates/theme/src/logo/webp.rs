//! WebP, chunk by chunk (RFC 9649).

use super::{LogoFault, Picture, side};

const ANIMATION: u8 = 0x02;
const ALPHA: u8 = 0x10;

pub(super) fn read(file: &[u8]) -> Result<Picture, LogoFault> {
    let rest = file.strip_prefix(b"RIFF").ok_or(LogoFault::Magic)?;
    let (length, rest) = rest.split_first_chunk::<4>().ok_or(LogoFault::Magic)?;
    let mut rest = match rest.strip_prefix(b"WEBP") {
        // The length counts what follows it; anything less or more is cut off or appended.
        Some(chunks) if u32::from_le_bytes(*length) as usize == rest.len() => chunks,
        Some(_) => return Err(LogoFault::Damaged),
        None => return Err(LogoFault::Magic),
    };

    let mut canvas = None;
    let mut alpha = None;
    let mut pixels = None;
    let mut first = true;
    while !rest.is_empty() {
        let (kind, data) = take(&mut rest)?;
        match kind {
            b"VP8X" if first => canvas = Some(extended(data)?),
            b"ANIM" | b"ANMF" => return Err(LogoFault::Animated),
            b"ALPH" if canvas.is_some() && alpha.is_none() && pixels.is_none() => alpha = Some(data),
            b"VP8 " | b"VP8L" if pixels.is_none() => pixels = Some((kind, data)),
            b"VP8X" | b"ALPH" | b"VP8 " | b"VP8L" => return Err(LogoFault::Damaged),
            // Profiles, positions, remarks: the picture is complete without them.
            _ if canvas.is_some() => {}
            _ => return Err(LogoFault::Damaged),
        }
        first = false;
    }

    let (kind, data) = pixels.ok_or(LogoFault::Damaged)?;
    let (width, height) = if kind == b"VP8 " { lossy(data)? } else { lossless(data)? };
    if canvas.is_some_and(|canvas| canvas != (width, height)) {
        return Err(LogoFault::Damaged);
    }
    let size = (side(width)?, side(height)?);

    let mut chunks = b"WEBP".to_vec();
    // Lossless pixels bring their own alpha.
    if let (Some(alpha), b"VP8 ") = (alpha, kind) {
        let [w, h] = [(width - 1).to_le_bytes(), (height - 1).to_le_bytes()];
        put(&mut chunks, b"VP8X", &[ALPHA, 0, 0, 0, w[0], w[1], w[2], h[0], h[1], h[2]]);
        put(&mut chunks, b"ALPH", alpha);
    }
    put(&mut chunks, kind, data);
    let mut bytes = Vec::new();
    put(&mut bytes, b"RIFF", &chunks);
    Ok(Picture { bytes, width: size.0, height: size.1 })
}

fn extended(data: &[u8]) -> Result<(u32, u32), LogoFault> {
    let &[flags, _, _, _, w0, w1, w2, h0, h1, h2] = data else { return Err(LogoFault::Damaged) };
    if flags & ANIMATION != 0 {
        return Err(LogoFault::Animated);
    }
    Ok((u32::from_le_bytes([w0, w1, w2, 0]) + 1, u32::from_le_bytes([h0, h1, h2, 0]) + 1))
}

/// The sides from the frame header of VP8 (RFC 6386, 9.1): a key frame, its start code, two times 14 bits.
fn lossy(data: &[u8]) -> Result<(u32, u32), LogoFault> {
    match data {
        &[tag, _, _, 0x9d, 0x01, 0x2a, w0, w1, h0, h1, ..] if tag & 1 == 0 => {
            let pixels = |low, high| u32::from(u16::from_le_bytes([low, high]) & 0x3fff);
            Ok((pixels(w0, w1), pixels(h0, h1)))
        }
        _ => Err(LogoFault::Damaged),
    }
}

/// The sides from the header of lossless pixels: a signature, two times 14 bits less one, alpha, version 0.
fn lossless(data: &[u8]) -> Result<(u32, u32), LogoFault> {
    match data {
        &[0x2f, a, b, c, d, ..] if d >> 5 == 0 => {
            let bits = u32::from_le_bytes([a, b, c, d]);
            Ok(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
        }
        _ => Err(LogoFault::Damaged),
    }
}

fn take<'a>(rest: &mut &'a [u8]) -> Result<(&'a [u8; 4], &'a [u8]), LogoFault> {
    let (kind, after) = rest.split_first_chunk::<4>().ok_or(LogoFault::Damaged)?;
    let (length, after) = after.split_first_chunk::<4>().ok_or(LogoFault::Damaged)?;
    let length = u32::from_le_bytes(*length) as usize;
    let (data, after) = after.split_at_checked(length).ok_or(LogoFault::Damaged)?;
    // Chunks start at even places; the byte between is zero.
    *rest = match (length % 2, after) {
        (0, after) | (1, [0, after @ ..]) => after,
        _ => return Err(LogoFault::Damaged),
    };
    Ok((kind, data))
}

fn put(bytes: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    bytes.extend_from_slice(kind);
    // A logo has at most 64 KiB, so the length fits.
    bytes.extend_from_slice(&u32::try_from(data.len()).unwrap_or(u32::MAX).to_le_bytes());
    bytes.extend_from_slice(data);
    if data.len() % 2 == 1 {
        bytes.push(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PIXELS: [u8; 5] = [0x2f, 31, 0xc0, 7, 0];
    const LOSSY: [u8; 11] = [0, 0, 0, 0x9d, 0x01, 0x2a, 32, 0, 32, 0, 9];

    fn webp(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
        let mut body = b"WEBP".to_vec();
        chunks.iter().for_each(|(kind, data)| put(&mut body, kind, data));
        let mut file = Vec::new();
        put(&mut file, b"RIFF", &body);
        file
    }

    fn canvas(flags: u8, side: u8) -> [u8; 10] {
        [flags, 0, 0, 0, side - 1, 0, 0, side - 1, 0, 0]
    }

    fn fault(chunks: &[(&[u8; 4], &[u8])]) -> Option<LogoFault> {
        read(&webp(chunks)).err()
    }

    #[test]
    fn only_what_makes_up_the_picture_is_kept() {
        let plain = webp(&[(b"VP8L", &PIXELS)]);
        let dressed = webp(&[
            (b"VP8X", &canvas(0x2c, 32)),
            (b"ICCP", b"profile"),
            (b"VP8L", &PIXELS),
            (b"EXIF", b"where"),
        ]);
        for file in [&plain, &dressed] {
            let picture = read(file).unwrap();
            assert_eq!((picture.width, picture.height), (32, 32));
            assert_eq!(picture.bytes, plain);
        }
        let transparent = webp(&[(b"VP8X", &canvas(ALPHA, 32)), (b"ALPH", b"abc"), (b"VP8 ", &LOSSY)]);
        assert_eq!(read(&transparent).unwrap().bytes, transparent);
    }

    #[test]
    fn damage_tails_animation_and_odd_sizes_are_refused() {
        let whole = webp(&[(b"VP8L", &PIXELS)]);
        for cut in 0..whole.len() {
            assert!(read(&whole[..cut]).is_err(), "cut at {cut}");
        }
        assert_eq!(read(&[&whole[..], b"<script>"].concat()).err(), Some(LogoFault::Damaged));
        assert_eq!(read(b"\x89PNG\r\n\x1a\n").err(), Some(LogoFault::Magic));
        assert_eq!(fault(&[]), Some(LogoFault::Damaged));
        assert_eq!(fault(&[(b"VP8L", &PIXELS), (b"VP8L", &PIXELS)]), Some(LogoFault::Damaged));
        assert_eq!(fault(&[(b"EXIF", b"ab"), (b"VP8L", &PIXELS)]), Some(LogoFault::Damaged));
        assert_eq!(fault(&[(b"VP8X", &canvas(0, 33)), (b"VP8L", &PIXELS)]), Some(LogoFault::Damaged));
        assert_eq!(fault(&[(b"VP8X", &canvas(2, 32)), (b"VP8L", &PIXELS)]), Some(LogoFault::Animated));
        assert_eq!(fault(&[(b"VP8X", &canvas(0, 32)), (b"ANIM", b"")]), Some(LogoFault::Animated));
        assert_eq!(fault(&[(b"VP8L", &[0x2f, 0, 0, 0, 0])]), Some(LogoFault::Dimensions));
        assert_eq!(fault(&[(b"VP8L", &[0x2f, 0xff, 0xff, 0xff, 0x0f])]), Some(LogoFault::Dimensions));
    }
}
