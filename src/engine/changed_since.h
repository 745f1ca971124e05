#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "data/manifest_reader.h"
#include "engine/kept_rows.h"

namespace batchmill::engine {

// The input that kept rows were made from.
struct KeptInput {
  std::string name;
  // Its rows were made from private copies of this time (mode: download), however late.
  std::optional<WallTime> copied;
};

// Modification time of a file, by its path in the manifest.
using ModifiedAt = std::function<Result<WallTime>(std::string_view path)>;

// How the files of the kept mini-batches differ from those that the rows were made from, with what
// to do about it; "" when they do not. A file whose modification time is later than the start of
// the attempt that made its rows has changed since, or was touched, which looks the same. Asks once
// for each file of the kept mini-batches, in the order of the plan, and is pure otherwise. Errors:
// those of `modified_at`.
Result<std::string> changed_since(const data::ManifestReader& manifest, const KeptMiniBatches& kept,
                                  const KeptInput& input, const ModifiedAt& modified_at);

}  // namespace batchmill::engine
