#pragma once

#include <memory>
#include <string_view>

#include <yaml.h>

// RAII around libyaml's parser; included by the tree builder only.
namespace batchmill::yaml {

// One event; its memory goes with it.
class Event {
 public:
  Event() = default;
  ~Event() { yaml_event_delete(&event_); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  yaml_event_t* get() { return &event_; }
  const yaml_event_t* operator->() const { return &event_; }

 private:
  yaml_event_t event_{};
};

class EventStream {
 public:
  explicit EventStream(std::string_view text);
  ~EventStream() { yaml_parser_delete(&parser_); }
  EventStream(const EventStream&) = delete;
  EventStream& operator=(const EventStream&) = delete;

  // False on a syntax error, which error() then describes.
  bool next(Event& event);
  const yaml_parser_t& error() const { return parser_; }

 private:
  yaml_parser_t parser_{};
};

}  // namespace batchmill::yaml
