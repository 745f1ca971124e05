#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/result.h"

// manifest.json (docs/formats/manifest.md).
namespace batchmill::data {

// What a record is: a file, a slice of a table's file, a slice of a file of JSON lines, or nothing.
enum class ManifestKind { kFiles, kSlices, kRows, kRanks };

// Bytes of a record before its path.
std::size_t path_offset(ManifestKind kind);

struct ManifestHeader {
  ManifestKind kind = ManifestKind::kFiles;
  std::string root;  // absolute folder that the records' paths are relative to
  std::uint64_t per_mini_batch = 1;
  bool operator==(const ManifestHeader&) const = default;
};

// kInvalid when the root is not valid UTF-8.
Result<std::string> to_json(const ManifestHeader& header);
// kProtocol for another version or anything malformed; the message does not name the file.
Result<ManifestHeader> manifest_header_from_json(const std::string& text);

}  // namespace batchmill::data
