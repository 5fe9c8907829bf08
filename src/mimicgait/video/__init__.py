"""From a real video to silhouette sequences."""
