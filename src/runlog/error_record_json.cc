#include "runlog/error_record_json.h"

namespace batchmill::runlog {

namespace {

using nlohmann::ordered_json;

// Keys that are absent or null read as "not said".
template <typename T>
T read(const ordered_json& object, const char* key, T otherwise) {
  const auto found = object.find(key);
  return found == object.end() || found->is_null() ? otherwise : found->get<T>();
}

std::string text(const ordered_json& object, const char* key) {
  return read<std::string>(object, key, "");
}

Frame frame_from(const ordered_json& object) {
  Frame frame;
  frame.file = text(object, "file");
  frame.line = read(object, "line", 0);
  frame.function = text(object, "function");
  frame.text = text(object, "text");
  frame.user = read(object, "user", false);
  frame.library = text(object, "library");
  frame.repeated = read(object, "repeated", 0);
  frame.period = read(object, "period", 1);
  frame.omitted = read(object, "omitted", 0);
  return frame;
}

ordered_json frame_json(const Frame& frame) {
  ordered_json object = {{"file", frame.file},
                         {"line", frame.line},
                         {"function", frame.function},
                         {"text", frame.text},
                         {"user", frame.user}};
  if (!frame.library.empty()) object["library"] = frame.library;
  if (frame.repeated != 0) {
    object["repeated"] = frame.repeated;
    object["period"] = frame.period;
  }
  if (frame.omitted != 0) object["omitted"] = frame.omitted;
  return object;
}

RaisedException raised_from(const ordered_json& object) {
  RaisedException raised;
  raised.link = text(object, "link");
  raised.type = text(object, "type");
  raised.message = text(object, "message");
  raised.place = place_from(object);
  for (const auto& frame : read(object, "frames", ordered_json::array())) {
    raised.frames.push_back(frame_from(frame));
  }
  return raised;
}

void add_raised(ordered_json& object, const RaisedException& raised) {
  if (!raised.link.empty()) object["link"] = raised.link;
  object["type"] = raised.type;
  object["message"] = raised.message;
  object["place"] = place_json(raised.place);
  object["frames"] = ordered_json::array();
  for (const Frame& frame : raised.frames) object["frames"].push_back(frame_json(frame));
}

ordered_json list_json(const std::vector<RaisedException>& all) {
  ordered_json list = ordered_json::array();
  for (const RaisedException& raised : all) {
    list.push_back(ordered_json::object());
    add_raised(list.back(), raised);
  }
  return list;
}

std::vector<RaisedException> list_from(const ordered_json& object, const char* key) {
  std::vector<RaisedException> list;
  for (const auto& raised : read(object, key, ordered_json::array())) {
    list.push_back(raised_from(raised));
  }
  return list;
}

}  // namespace

std::optional<CodePlace> place_from(const ordered_json& object) {
  const auto found = object.find("place");
  if (found == object.end() || !found->is_object()) return std::nullopt;
  return CodePlace{text(*found, "file"), read(*found, "line", 0), text(*found, "function")};
}

ordered_json place_json(const std::optional<CodePlace>& place) {
  if (!place) return nullptr;
  return {{"file", place->file}, {"line", place->line}, {"function", place->function}};
}

ErrorRecord error_record_from(const ordered_json& object) {
  ErrorRecord record;
  record.code = object.at("code").get<int>();
  record.raised = raised_from(object);
  record.chain = list_from(object, "chain");
  record.notes = read(object, "notes", std::vector<std::string>());
  if (const auto group = object.find("group"); group != object.end() && group->is_object()) {
    record.leaf_count = read(*group, "count", std::uint64_t{0});
    record.leaves = list_from(*group, "leaves");
  }
  record.item = text(object, "item");
  if (object.contains("mini_batch") && object["mini_batch"].is_number_unsigned()) {
    record.mini_batch = object["mini_batch"].get<std::uint64_t>();
  }
  record.detail = text(object, "detail");
  return record;
}

ordered_json error_record_json(const ErrorRecord& record) {
  ordered_json object = {{"code", record.code}};
  add_raised(object, record.raised);
  object["chain"] = list_json(record.chain);
  object["notes"] = record.notes;
  if (record.leaf_count != 0) {
    object["group"] = {{"count", record.leaf_count}, {"leaves", list_json(record.leaves)}};
  }
  object["item"] = record.item;
  if (record.mini_batch) object["mini_batch"] = *record.mini_batch;
  object["detail"] = record.detail;
  return object;
}

}  // namespace batchmill::runlog
