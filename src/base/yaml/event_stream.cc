#include "base/yaml/event_stream.h"

namespace batchmill::yaml {

EventStream::EventStream(std::string_view text) {
  // Fails for want of memory only; then the first parse fails too.
  yaml_parser_initialize(&parser_);
  yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                               text.size());
}

bool EventStream::next(Event& event) { return yaml_parser_parse(&parser_, event.get()) != 0; }

}  // namespace batchmill::yaml
