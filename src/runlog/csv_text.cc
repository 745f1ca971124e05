#include "runlog/csv_text.h"

#include "model/ids.h"

namespace batchmill::runlog {

namespace {

void append_padded(std::string& out, std::int64_t number, std::size_t width) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  const auto length = static_cast<std::size_t>(end - digits);
  if (length < width) out.append(width - length, '0');
  out.append(digits, length);
}

}  // namespace

void append_seconds(std::string& out, Duration duration) {
  const auto micros = std::max<std::int64_t>(
      0, std::chrono::duration_cast<std::chrono::microseconds>(duration).count());
  append_number(out, micros / 1'000'000);
  out += '.';
  append_padded(out, micros % 1'000'000, 6);
}

void append_text(std::string& out, std::string_view text) {
  if (text.empty()) {
    out += kNull;
    return;
  }
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void append_part(std::string& out, const ItemRange& part) {
  if (part.is_whole()) {
    out += kNull;
    return;
  }
  append_number(out, part.first);
  out += '-';
  append_number(out, part.first + part.count - 1);
}

void append_gpu(std::string& out, const WorkerGpus& gpus, WorkerId worker) {
  const auto gpu = gpus.find(worker);
  if (gpu == gpus.end()) {
    out += kNull;
  } else {
    append_number(out, gpu->second);
  }
}

void append_process(std::string& out, std::uint32_t process) {
  out += "process";
  append_padded(out, process, 3);
}

void IsoTimes::append(std::string& out, WallTime time) {
  std::int64_t second = time.micros / 1'000'000;
  if (second != second_) {
    second_ = second;
    prefix_ = iso_seconds(time);
    prefix_.back() = '.';  // in place of the Z
  }
  out += prefix_;
  append_padded(out, time.micros % 1'000'000, 6);
  out += "+00:00";
}

}  // namespace batchmill::runlog
