"""Comments and files of documents over HTTP."""
