#include <nlohmann/json.hpp>
#include <yaml.h>

#include "base/text.h"
#include "base/yaml/scalar.h"
#include "cli/formats.h"

namespace batchmill::cli {

using Json = nlohmann::ordered_json;

namespace {

// libyaml's emitter, whose layout is PyYAML's block style.
class Emitter {
 public:
  Emitter() {
    yaml_emitter_initialize(&emitter_);
    yaml_emitter_set_output(&emitter_, &Emitter::append, &text_);
    yaml_emitter_set_unicode(&emitter_, 1);
  }
  ~Emitter() { yaml_emitter_delete(&emitter_); }
  Emitter(const Emitter&) = delete;
  Emitter& operator=(const Emitter&) = delete;

  std::string document(const Json& value) {
    yaml_event_t event;
    yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING);
    emit(event);
    yaml_document_start_event_initialize(&event, nullptr, nullptr, nullptr, 1);
    emit(event);
    put(value);
    yaml_document_end_event_initialize(&event, 1);
    emit(event);
    yaml_stream_end_event_initialize(&event);
    emit(event);
    yaml_emitter_flush(&emitter_);
    return std::move(text_);
  }

 private:
  static int append(void* text, unsigned char* bytes, std::size_t size) {
    static_cast<std::string*>(text)->append(reinterpret_cast<char*>(bytes), size);
    return 1;
  }

  void emit(yaml_event_t& event) { yaml_emitter_emit(&emitter_, &event); }

  void put(const Json& value) {
    yaml_event_t event;
    if (value.is_array()) {
      yaml_sequence_start_event_initialize(&event, nullptr, nullptr, 1, YAML_BLOCK_SEQUENCE_STYLE);
      emit(event);
      for (const Json& item : value) put(item);
      yaml_sequence_end_event_initialize(&event);
      emit(event);
    } else if (value.is_object()) {
      yaml_mapping_start_event_initialize(&event, nullptr, nullptr, 1, YAML_BLOCK_MAPPING_STYLE);
      emit(event);
      for (const auto& [key, item] : value.items()) {
        put_text(key);
        put(item);
      }
      yaml_mapping_end_event_initialize(&event);
      emit(event);
    } else if (value.is_string()) {
      put_text(value.get_ref<const std::string&>());
    } else {
      put_scalar(value.is_number_float() ? yaml::python_float(value.get<double>()) : value.dump(),
                 true);
    }
  }

  // A text that YAML 1.1 would read as something else is quoted.
  void put_text(const std::string& text) {
    const std::string valid = repair_utf8(text);
    put_scalar(valid, yaml::resolve_plain(valid).kind == yaml::ScalarKind::kText);
  }

  void put_scalar(const std::string& text, bool plain) {
    yaml_event_t event;
    yaml_scalar_event_initialize(
        &event, nullptr, nullptr, reinterpret_cast<yaml_char_t*>(const_cast<char*>(text.data())),
        static_cast<int>(text.size()), plain ? 1 : 0, 1, YAML_ANY_SCALAR_STYLE);
    emit(event);
  }

  yaml_emitter_t emitter_{};
  std::string text_;
};

}  // namespace

std::string format_yaml(const Json& value) { return Emitter().document(value); }

}  // namespace batchmill::cli
