#include "data/manifest_header.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace batchmill::data {

namespace {
constexpr int kVersion = 1;

constexpr std::pair<ManifestKind, const char*> kKinds[] = {{ManifestKind::kFiles, "files"},
                                                           {ManifestKind::kSlices, "slices"},
                                                           {ManifestKind::kRows, "rows"},
                                                           {ManifestKind::kRanks, "ranks"}};

const char* name_of(ManifestKind kind) {
  return std::find_if(std::begin(kKinds), std::end(kKinds),
                      [&](const auto& entry) { return entry.first == kind; })
      ->second;
}

std::optional<ManifestKind> kind_named(const std::string& name) {
  for (const auto& [kind, text] : kKinds) {
    if (name == text) return kind;
  }
  return std::nullopt;
}

}  // namespace

std::size_t path_offset(ManifestKind kind) {
  switch (kind) {
    case ManifestKind::kSlices:
      return 3 * sizeof(std::uint64_t);
    case ManifestKind::kRows:
      return 4 * sizeof(std::uint64_t);
    case ManifestKind::kFiles:
    case ManifestKind::kRanks:
      break;
  }
  return 0;
}

Result<std::string> to_json(const ManifestHeader& header) {
  if (!is_valid_utf8(header.root)) {
    return fail(ErrorKind::kInvalid,
                repair_utf8(header.root) + ": the name of this folder is not valid UTF-8");
  }
  const nlohmann::ordered_json json = {{"version", kVersion},
                                       {"kind", name_of(header.kind)},
                                       {"root", header.root},
                                       {"per_mini_batch", header.per_mini_batch}};
  return json.dump() + "\n";
}

Result<ManifestHeader> manifest_header_from_json(const std::string& text) {
  try {
    const auto json = nlohmann::json::parse(text);
    if (json.at("version") != kVersion) {
      return fail(ErrorKind::kProtocol, "version " + json.at("version").dump() + ", expected " +
                                            std::to_string(kVersion));
    }
    ManifestHeader header;
    const std::string kind = json.at("kind");
    const auto known = kind_named(kind);
    if (!known) return fail(ErrorKind::kProtocol, "unknown kind '" + kind + "'");
    header.kind = *known;
    header.root = json.at("root");
    header.per_mini_batch = json.at("per_mini_batch");
    if (header.per_mini_batch == 0) return fail(ErrorKind::kProtocol, "per_mini_batch is 0");
    return header;
  } catch (const nlohmann::json::exception& error) {
    return fail(ErrorKind::kProtocol, error.what());
  }
}

}  // namespace batchmill::data
