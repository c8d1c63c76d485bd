/// A file's bytes.
#[cfg(not(target_arch = "wasm32"))]
pub type Bytes = std::sync::Arc<[u8]>;

/// A file's bytes. They stay where the browser has put them: those of thousands are not copied to and fro.
#[cfg(target_arch = "wasm32")]
#[derive(Clone, Debug, Default)]
pub struct Bytes(pub js_sys::Uint8Array);

#[cfg(target_arch = "wasm32")]
impl PartialEq for Bytes {
    fn eq(&self, other: &Bytes) -> bool {
        self.0.to_vec() == other.0.to_vec()
    }
}

#[cfg(target_arch = "wasm32")]
impl Eq for Bytes {}
