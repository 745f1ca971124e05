#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace batchmill {

// Lower-case hexadecimal SHA-256.
std::string sha256_hex(std::string_view bytes);

// SHA-256 of bytes that arrive in parts.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  void update(std::string_view bytes);
  std::string hex();  // ends the computation; call once

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// XXH3, 64 bits: fast, not cryptographic. `seed` chains calls over parts.
std::uint64_t xxh3(std::string_view bytes, std::uint64_t seed = 0);
// CRC-32 (IEEE 802.3, as zlib.crc32 in Python): the checksum of spool records.
std::uint32_t crc32(std::string_view bytes, std::uint32_t previous = 0);

}  // namespace batchmill
