//! What one side tells the other about itself.
//!
//! *Source*: RFC 9113, section 6.5.2.

use crate::reason::{Broken, Reason};
use crate::{MAX_FRAME, MAX_WINDOW};

/// The settings that one frame states; of each, the last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Settings {
    /// `SETTINGS_HEADER_TABLE_SIZE`, in bytes.
    pub header_table_bytes: Option<u32>,
    /// `SETTINGS_ENABLE_PUSH`.
    pub enable_push: Option<bool>,
    /// `SETTINGS_MAX_CONCURRENT_STREAMS`.
    pub max_concurrent_streams: Option<u32>,
    /// `SETTINGS_INITIAL_WINDOW_SIZE`, in bytes.
    pub initial_window: Option<u32>,
    /// `SETTINGS_MAX_FRAME_SIZE`, in bytes.
    pub max_frame_bytes: Option<u32>,
    /// `SETTINGS_MAX_HEADER_LIST_SIZE`, in bytes.
    pub max_header_list_bytes: Option<u32>,
}

impl Settings {
    /// Reads the payload of a frame, of 6 bytes for each setting.
    pub(crate) fn read(payload: &[u8]) -> Result<Self, Broken> {
        let mut settings = Self::default();
        for one in payload.as_chunks::<6>().0 {
            let [a, b, value @ ..] = *one;
            let value = u32::from_be_bytes(value);
            let protocol = |what| Err(Broken::Connection(Reason::PROTOCOL_ERROR, what));
            match u16::from_be_bytes([a, b]) {
                0x1 => settings.header_table_bytes = Some(value),
                0x2 if value > 1 => return protocol("SETTINGS_ENABLE_PUSH is neither 0 nor 1"),
                0x2 => settings.enable_push = Some(value == 1),
                0x3 => settings.max_concurrent_streams = Some(value),
                0x4 if value > MAX_WINDOW => {
                    let what = "SETTINGS_INITIAL_WINDOW_SIZE is above 2^31-1";
                    return Err(Broken::Connection(Reason::FLOW_CONTROL_ERROR, what));
                }
                0x4 => settings.initial_window = Some(value),
                0x5 if !(MAX_FRAME as u32..1 << 24).contains(&value) => {
                    return protocol("SETTINGS_MAX_FRAME_SIZE is not between 2^14 and 2^24-1");
                }
                0x5 => settings.max_frame_bytes = Some(value),
                0x6 => settings.max_header_list_bytes = Some(value),
                _ => {}
            }
        }
        Ok(settings)
    }

    /// The settings that are stated, by their numbers.
    pub(crate) fn stated(&self) -> impl Iterator<Item = (u16, u32)> {
        [
            (0x1, self.header_table_bytes),
            (0x2, self.enable_push.map(u32::from)),
            (0x3, self.max_concurrent_streams),
            (0x4, self.initial_window),
            (0x5, self.max_frame_bytes),
            (0x6, self.max_header_list_bytes),
        ]
        .into_iter()
        .filter_map(|(number, value)| Some((number, value?)))
    }
}
