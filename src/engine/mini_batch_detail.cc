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

void describe(const ManifestReader& manifest, MiniBatchId id, const ItemRange& part,
              std::string& json) {
  if (id.value >= manifest.mini_batches()) return;
  if (manifest.header().kind == ManifestKind::kRanks) {
    json += fmt::format(R"({{"rank":{}}})", id.value);
    return;
  }
  auto [first, end] = manifest.range(id.value);
  const bool files = manifest.header().kind == ManifestKind::kFiles;
  json += '{';
  if (!part.is_whole()) {
    json += fmt::format(R"("first_item":{},"items":{},)", part.first, part.count);
    if (files) {
      first = std::min(end, first + part.first);
      end = std::min(end, first + part.count);
    }
  }
  json += files ? R"("files":[)" : R"("slices":[)";
  for (std::uint64_t record = first; record < std::min(end, first + kMostShown); ++record) {
    if (record > first) json += ',';
    append_record(manifest, record, json);
  }
  json += ']';
  if (end - first > kMostShown) json += fmt::format(R"(,"count":{})", end - first);
  json += '}';
}

void name_row(const ManifestReader& manifest, std::uint64_t record,
              std::optional<std::uint32_t> position, std::string& name) {
  if (manifest.header().kind == ManifestKind::kRows) {
    const data::RowsRecord rows = manifest.rows(record);
    name += fmt::format("{}:{}", rows.path, rows.first_row + position.value_or(0));
    return;
  }
  const data::SliceRecord slice = manifest.slice(record);
  name += fmt::format("{}[{}-{}]", slice.path, slice.begin, slice.end);
  if (position) name += fmt::format(":{}", *position);
}

void name_item(const ManifestReader& manifest, MiniBatchId id,
               std::optional<std::uint32_t> position, std::string& name) {
  if (id.value >= manifest.mini_batches()) return;
  const auto [first, end] = manifest.range(id.value);
  switch (manifest.header().kind) {
    case ManifestKind::kRanks:
      name += fmt::format("rank {}", id.value);
      return;
    case ManifestKind::kFiles:
      if (first + position.value_or(0) >= end) return;
      name += manifest.record(first + position.value_or(0));
      break;
    case ManifestKind::kSlices:
    case ManifestKind::kRows:
      // Of several slices nobody knows in which one a row lies.
      name_row(manifest, first, end - first == 1 ? position : std::nullopt, name);
      break;
  }
  const bool is_whole = !position || manifest.header().kind != ManifestKind::kFiles;
  if (is_whole && end - first > 1) name += fmt::format(" and {} more", end - first - 1);
}

}  // namespace

MiniBatchDetails mini_batch_details(const Files& files, BulkFiles& bulk,
                                    const std::string& manifest_folder) {
  auto manifest = ManifestReader::open(files, bulk, manifest_folder);
  if (!manifest) return {};
  auto shared = std::make_shared<ManifestReader>(std::move(*manifest));
  MiniBatchDetails details;
  details.describe = [shared](MiniBatchId id, ItemRange part, std::string& json) {
    describe(*shared, id, part, json);
  };
  details.name_item = [shared](MiniBatchId id, std::optional<std::uint32_t> position,
                               std::string& name) { name_item(*shared, id, position, name); };
  return details;
}

}  // namespace batchmill::engine
