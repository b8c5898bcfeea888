//! The ids of Reel's rows.

use sluice_domain::typed_id;

typed_id!(
    /// A reel: a document on its way to a video.
    ReelId
);
typed_id!(
    /// A scene of a reel. It keeps its id when the scenes are put in another order.
    SceneId
);
