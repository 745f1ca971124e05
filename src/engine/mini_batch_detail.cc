#include "engine/mini_batch_detail.h"

#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "data/manifest_reader.h"

namespace batchmill::engine {

namespace {

using data::ManifestKind;
using data::ManifestReader;

constexpr std::uint64_t kMostShown = 20;

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= ' ' && c < '\x7f' && c != '"' && c != '\\'; });
}

// A JSON string. Almost every path is plain, and there may be millions of them.
void append_quoted(std::string_view text, std::string& json) {
  if (is_plain(text)) {
    json += '"';
    json += text;
    json += '"';
    return;
  }
  json += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void append_record(const ManifestReader& manifest, std::uint64_t record, std::string& json) {
  if (manifest.header().kind == ManifestKind::kFiles) {
    append_quoted(manifest.record(record), json);
    return;
  }
  if (manifest.header().kind == ManifestKind::kRows) {
    const data::RowsRecord rows = manifest.rows(record);
    json += R"({"file":)";
    append_quoted(rows.path, json);
    json += fmt::format(R"(,"begin":{},"end":{},"first_row":{},"rows":{}}})", rows.begin, rows.end,
                        rows.first_row, rows.rows);
    return;
  }
  const data::SliceRecord slice = manifest.slice(record);
  json += R"({"file":)";
  append_quoted(slice.path, json);
  json += fmt::format(R"(,"begin":{},"end":{}}})", slice.begin, slice.end);
}

void describe(const ManifestReader& manifest, MiniBatchId id, std::string& json) {
  if (id.value >= manifest.mini_batches()) return;
  if (manifest.header().kind == ManifestKind::kRanks) {
    json += fmt::format(R"({{"rank":{}}})", id.value);
    return;
  }
  const auto [first, end] = manifest.range(id.value);
  json += manifest.header().kind == ManifestKind::kFiles ? R"({"files":[)" : R"({"slices":[)";
  for (std::uint64_t record = first; record < std::min(end, first + kMostShown); ++record) {
    if (record > first) json += ',';
    append_record(manifest, record, json);
  }
  json += ']';
  if (end - first > kMostShown) json += fmt::format(R"(,"count":{})", end - first);
  json += '}';
}

}  // namespace

runlog::DescribeMiniBatch mini_batch_details(const Files& files, BulkFiles& bulk,
                                             const std::string& manifest_folder) {
  auto manifest = ManifestReader::open(files, bulk, manifest_folder);
  if (!manifest) return {};
  auto shared = std::make_shared<ManifestReader>(std::move(*manifest));
  return [shared](MiniBatchId id, std::string& json) { describe(*shared, id, json); };
}

}  // namespace batchmill::engine
